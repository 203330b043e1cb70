import { setTimeout as delay } from "node:timers/promises";

/** Holds searches back to a rate: HubSpot counts them per account, in seconds. */
export interface SearchPace {
  /** Resolves when it is the caller's turn; rejects with the signal's reason when it aborts first. */
  turn(signal: AbortSignal): Promise<void>;
}

export function createSearchPace(input: {
  readonly perSecondMax: number | null;
  readonly now: () => number;
}): SearchPace {
  const { perSecondMax, now } = input;
  let freeAtMs = 0;
  return {
    async turn(signal) {
      if (perSecondMax === null) return;
      const startMs = now();
      const waitMs = Math.max(0, freeAtMs - startMs);
      freeAtMs = Math.max(freeAtMs, startMs) + 1_000 / perSecondMax;
      if (waitMs > 0) await delay(waitMs, undefined, { signal });
    },
  };
}
