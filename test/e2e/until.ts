import { setTimeout as delay } from "node:timers/promises";

/** Asks every `everyMs` until the answer is not undefined; fails after `timeoutMs` with what was waited for. */
export async function until<Value>(input: {
  readonly what: string;
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  readonly ask: () => Promise<Value | undefined>;
}): Promise<Value> {
  const timeoutMs = input.timeoutMs ?? 30_000;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await input.ask();
    if (value !== undefined) return value;
    if (performance.now() > deadline)
      throw new Error(`Waited ${timeoutMs} ms in vain for ${input.what}.`);
    await delay(input.everyMs ?? 50);
  }
}
