export interface Batcher<Item> {
  /** Resolves when the batch that holds the item has been worked on; rejects when that failed. */
  add(item: Item): Promise<void>;
  drain(): Promise<void>;
}

/** Gathers items for `waitMs` and works on them together. Batches run one after the other. */
export function createBatcher<Item>({
  waitMs,
  work,
}: {
  readonly waitMs: number;
  readonly work: (items: readonly Item[]) => Promise<void>;
}): Batcher<Item> {
  let gathered: {
    readonly item: Item;
    readonly done: () => void;
    readonly failed: (reason: unknown) => void;
  }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  function flush(): void {
    timer = undefined;
    const batch = gathered;
    gathered = [];
    running = running.then(async () => {
      try {
        await work(batch.map((one) => one.item));
        for (const one of batch) one.done();
      } catch (error) {
        for (const one of batch) one.failed(error);
      }
    });
  }

  return {
    add: (item) =>
      new Promise<void>((done, failed) => {
        gathered.push({ item, done, failed });
        timer ??= setTimeout(flush, waitMs);
      }),
    async drain() {
      if (timer !== undefined) {
        clearTimeout(timer);
        flush();
      }
      await running;
    },
  };
}
