/** How many were done, how long all of it took from the first start to the last end, and how long each took. */
export interface Done {
  readonly done: number;
  readonly elapsedMs: number;
  readonly eachMs: readonly number[];
}

/**
 * Keeps `inFlight` of `once` going for `milliseconds`, then lets what was started end. At least one
 * round of all in flight is done, however short the time.
 */
export async function inFlightFor({
  inFlight,
  milliseconds,
  once,
}: {
  readonly inFlight: number;
  readonly milliseconds: number;
  readonly once: () => Promise<void>;
}): Promise<Done> {
  const started = performance.now();
  const eachMs: number[] = [];
  const keepGoing = async () => {
    do {
      const startedOne = performance.now();
      await once();
      eachMs.push(performance.now() - startedOne);
    } while (performance.now() - started < milliseconds);
  };
  await Promise.all(Array.from({ length: inFlight }, keepGoing));
  return { done: eachMs.length, elapsedMs: performance.now() - started, eachMs };
}

/** Units a second over the whole time, the running out included. */
export function rateOfDone({ done, elapsedMs }: Done): number {
  return (done * 1000) / elapsedMs;
}
