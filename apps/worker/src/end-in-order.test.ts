import { describe, expect, it } from "vitest";
import { endInOrder, type RecordedIn } from "./end-in-order.ts";

const pace = { sayEveryMs: 20, askEveryMs: 5, awayMs: 250 };
const never = () => new Promise<void>(() => undefined);
const answers = async () => undefined;
const away = async () => {
  throw new Error("ECONNREFUSED");
};

/** A step that hangs between two that end at once. */
async function stopWith(recordedIn: RecordedIn, end: () => Promise<void>) {
  const said: object[] = [];
  const done: string[] = [];
  const say = (fields: object) => said.push(fields);
  const ended = await endInOrder({
    steps: [
      { what: "intake", end: async () => void done.push("intake") },
      { what: "the work in hand", end },
      { what: "vendors", end: async () => void done.push("vendors") },
    ],
    recordedIn,
    log: { info: say, warn: say } as never,
    pace,
  });
  return { ended, said, done };
}

describe("endInOrder", () => {
  it("ends every step, and says nothing of what ends at once", async () => {
    const stopped = await stopWith({ database: away, temporal: away }, answers);
    expect(stopped).toEqual({ ended: true, said: [], done: ["intake", "vendors"] });
  });

  it.each([
    ["away", away],
    ["hung", never],
  ])("waits no longer for what can be recorded nowhere: both %s", async (_, gone) => {
    const { ended, said, done } = await stopWith({ database: gone, temporal: gone }, never);
    expect(ended).toBe(false);
    expect(done).toEqual(["intake"]);
    expect(said.at(-1)).toEqual({ waitingFor: "the work in hand" });
  });

  it.each([
    ["PostgreSQL", { database: answers, temporal: away }],
    ["Temporal", { database: away, temporal: answers }],
  ])("waits while %s is there, and says what for", async (_, recordedIn) => {
    const inHand = () => new Promise<void>((resolve) => setTimeout(resolve, pace.awayMs * 3));
    const { ended, said, done } = await stopWith(recordedIn, inHand);
    expect(ended).toBe(true);
    expect(done).toEqual(["intake", "vendors"]);
    expect(said[0]).toMatchObject({ waitingFor: "the work in hand" });
  });

  it("waits for both when they come back in time", async () => {
    let asked = 0;
    const restarts = async () => {
      asked += 1;
      if (asked < 3) throw new Error("starting up");
    };
    const inHand = () => new Promise<void>((resolve) => setTimeout(resolve, pace.awayMs * 3));
    const { ended } = await stopWith({ database: restarts, temporal: away }, inHand);
    expect(ended).toBe(true);
  });

  it("does not swallow what went wrong", async () => {
    await expect(stopWith({ database: answers, temporal: answers }, away)).rejects.toThrow(
      "ECONNREFUSED",
    );
  });
});
