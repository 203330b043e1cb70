import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startServiceLoop } from "./service-loop.ts";

const hour = 3_600_000;

describe("startServiceLoop", () => {
  it("turns again at once while there is more, then waits", async () => {
    const { loop, turns } = start(["m", "m", "i"]);
    await turns(3);
    await loop.stop();
  });

  it("wakes from its wait", async () => {
    const { loop, turns } = start(["i", "i"]);
    await turns(1);
    loop.wake();
    await turns(2);
    await loop.stop();
  });

  it("turns once more when it is woken during a turn", async () => {
    const { loop, turns, release } = start(["hold", "i"]);
    await turns(1);
    loop.wake();
    release();
    await turns(2);
    await loop.stop();
  });

  it("reports an error and goes on", async () => {
    const { loop, turns, errors } = start(["throw", "i"]);
    await turns(2);
    expect(errors).toEqual(["out of order"]);
    await loop.stop();
  });

  it("lets the turn in progress end before it stops", async () => {
    const { loop, turns, release, finished } = start(["hold"]);
    await turns(1);
    const stopped = loop.stop();
    expect(finished()).toBe(0);
    release();
    await stopped;
    expect(finished()).toBe(1);
  });
});

/** A loop that takes the given turns: more, idle, hold until released, throw. */
function start(script: readonly string[]) {
  const errors: string[] = [];
  let started = 0;
  let finished = 0;
  let release = () => {};
  const loop = startServiceLoop({
    name: "test",
    idleMs: hour,
    onError: ({ error }) => errors.push((error as Error).message),
    turn: async () => {
      const what = script[started];
      started += 1;
      if (what === "throw") throw new Error("out of order");
      if (what === "hold") {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      }
      finished += 1;
      return what === "m" ? "more" : "idle";
    },
  });
  const turns = async (count: number) => {
    for (let ms = 0; started < count; ms += 1) {
      if (ms > 5_000) throw new Error(`${started} turns, ${count} expected`);
      await delay(1);
    }
  };
  return { loop, turns, errors, release: () => release(), finished: () => finished };
}
