/**
 * Calls `work` for about `milliseconds` of processor time in slices, and returns how often a second
 * it ran. Processor time of this process, not the clock's: what else the machine is doing meanwhile
 * does not count, and on a quiet machine both are the same. Ends at the latest after four times as
 * long by the clock.
 */
export function rateOf(input: {
  readonly milliseconds: number;
  readonly slice: number;
  readonly work: (round: number) => void;
}): number {
  const started = process.cpuUsage();
  const giveUpAt = performance.now() + 4 * input.milliseconds;
  let done = 0;
  let elapsedMs = 0;
  while (elapsedMs < input.milliseconds && (done === 0 || performance.now() < giveUpAt)) {
    for (let index = 0; index < input.slice; index += 1) input.work(done + index);
    done += input.slice;
    const { user, system } = process.cpuUsage(started);
    elapsedMs = (user + system) / 1000;
  }
  return (done * 1000) / elapsedMs;
}
