/** Ids by key, each looked up once at a time and remembered for as long as the connection lives. */
export interface Remembered {
  once(key: string, read: () => Promise<number>): Promise<number>;
  forget(key: string): void;
}

const rememberedMax = 20_000;

export function createRemembered(): Remembered {
  const known = new Map<string, Promise<number>>();
  return {
    once(key, read) {
      const held = known.get(key);
      if (held !== undefined) return held;
      if (known.size >= rememberedMax) known.clear();
      const pending = read();
      known.set(key, pending);
      pending.catch(() => known.delete(key));
      return pending;
    },
    forget: (key) => {
      known.delete(key);
    },
  };
}
