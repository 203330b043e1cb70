import { setTimeout as delay } from "node:timers/promises";

/** Tries until `look` no longer throws, for at most `withinMs`; then its last error is the test's. */
export async function eventually<Result>(
  look: () => Promise<Result> | Result,
  withinMs = 15_000,
): Promise<Result> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(20);
    }
  }
}
