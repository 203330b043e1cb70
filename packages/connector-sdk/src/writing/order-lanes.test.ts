import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { isConnectorError } from "../spec/connector-error.ts";
import { createOrderLanes } from "./order-lanes.ts";

const context = { signal: new AbortController().signal };

describe("order lanes", () => {
  it("finish the first orders of a backlog before the next begin", async () => {
    const lanes = createOrderLanes({ ordersMax: 2 });
    const steps: string[] = [];
    let running = 0;
    let runningMax = 0;
    const write = (id: string) =>
      lanes.run(id, context, async () => {
        running += 1;
        runningMax = Math.max(runningMax, running);
        for (let call = 0; call < 3; call += 1) await nextTurn();
        running -= 1;
        steps.push(id);
      });
    await Promise.all(["a", "b", "c", "d", "e"].map(write));
    expect(runningMax).toBe(2);
    expect(steps).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("keep the writes of one order in order, whatever became of the one before", async () => {
    const lanes = createOrderLanes({ ordersMax: 4 });
    const seen: number[] = [];
    const first = lanes.run("a", context, async () => {
      await nextTurn();
      seen.push(1);
      throw new Error("refused");
    });
    const second = lanes.run("a", context, async () => seen.push(2));
    await expect(first).rejects.toThrow("refused");
    await second;
    expect(seen).toEqual([1, 2]);
  });

  it("tell a call that ended while it waited that nothing was begun", async () => {
    const lanes = createOrderLanes({ ordersMax: 1 });
    let release = () => {};
    const held = lanes.run("a", context, () => new Promise<void>((resolve) => (release = resolve)));
    const stop = new AbortController();
    let isBegun = false;
    const waiting = lanes.run("b", stop, async () => {
      isBegun = true;
    });
    await nextTurn();
    stop.abort(new Error("over"));
    const thrown: unknown = await waiting.catch((error: unknown) => error);
    expect(isConnectorError(thrown) && thrown.detail.category).toBe("transient");
    expect(isBegun).toBe(false);
    release();
    await held;
  });
});
