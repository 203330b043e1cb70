import { CliFailure } from "../cli-failure.ts";
import type { RunningHub } from "./start-hub.ts";

/** Until the signal says so; a part that ends by itself ends the rest too, with its last words. */
export async function untilStopped(input: {
  readonly hub: RunningHub;
  readonly signal: AbortSignal;
}): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    if (input.signal.aborted) resolve();
    input.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  const ended = input.hub.processes().map(async (process) => {
    await process.ended;
    if (input.signal.aborted) return;
    throw new CliFailure(
      `A part of the hub ended by itself. The end of its log:\n${process.lastLines(12)}`,
      {
        hint: `The whole log: ${process.logFile}`,
      },
    );
  });
  await Promise.race([stopped, ...ended]);
}
