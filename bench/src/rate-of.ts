/** Calls `work` for about `milliseconds` in slices, and returns how often a second it ran. */
export function rateOf(input: {
  readonly milliseconds: number;
  readonly slice: number;
  readonly work: (round: number) => void;
}): number {
  const started = performance.now();
  let done = 0;
  let elapsed = 0;
  while (elapsed < input.milliseconds) {
    for (let index = 0; index < input.slice; index += 1) input.work(done + index);
    done += input.slice;
    elapsed = performance.now() - started;
  }
  return (done * 1000) / elapsed;
}
