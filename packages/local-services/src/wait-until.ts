import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks every 25 ms until the answer is yes. Throws what `giveUp` makes of the time waited when the
 * deadline passes first; a `check` that throws ends the wait at once with its own error.
 */
export async function waitUntil(
  check: () => Promise<boolean> | boolean,
  { timeoutMs, giveUp }: { readonly timeoutMs: number; readonly giveUp: () => Error },
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await check())) {
    if (performance.now() > deadline) throw giveUp();
    await sleep(25);
  }
}
