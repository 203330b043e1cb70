import { describe, expect, it } from "vitest";
import { createConcurrencyLimit } from "./concurrency-limit.ts";

const never = new AbortController().signal;

describe("createConcurrencyLimit", () => {
  it("never runs more than max at once, and runs all", async () => {
    const limit = createConcurrencyLimit({ max: 3 });
    let running = 0;
    let peak = 0;
    const task = async () => {
      running += 1;
      peak = Math.max(peak, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return 1;
    };
    const done = await Promise.all(Array.from({ length: 20 }, () => limit.run(task, never)));
    expect(done).toHaveLength(20);
    expect(peak).toBe(3);
  });

  it("gives the place back when a task fails", async () => {
    const limit = createConcurrencyLimit({ max: 1 });
    await expect(limit.run(() => Promise.reject(new Error("no")), never)).rejects.toThrow("no");
    await expect(limit.run(() => Promise.resolve("yes"), never)).resolves.toBe("yes");
  });

  it("never runs a task that was aborted while it waited", async () => {
    const limit = createConcurrencyLimit({ max: 1 });
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const first = limit.run(() => opened, never);
    const stop = new AbortController();
    let ran = false;
    const second = limit.run(async () => {
      ran = true;
    }, stop.signal);
    stop.abort(new Error("stop"));
    await expect(second).rejects.toThrow("stop");
    open();
    await first;
    await limit.run(() => Promise.resolve(), never);
    expect(ran).toBe(false);
  });
});
