import { expect, it } from "vitest";
import { medianOf } from "../median-of.ts";
import { inFlightFor, rateOfDone } from "./in-flight.ts";

it("as many as asked for are under way at once, and all that were started are counted", async () => {
  let under = 0;
  let most = 0;
  let ended = 0;
  const done = await inFlightFor({
    inFlight: 5,
    milliseconds: 0,
    once: async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
      ended += 1;
    },
  });
  expect([most, done.done, ended, done.eachMs.length]).toEqual([5, 5, 5, 5]);
});

it("one that fails fails the measurement", async () => {
  const once = async () => {
    throw new Error("refused");
  };
  await expect(inFlightFor({ inFlight: 2, milliseconds: 0, once })).rejects.toThrow("refused");
});

it("the rate counts the time in which the last ones ran out", () => {
  expect(rateOfDone({ done: 30, elapsedMs: 1_500, eachMs: [] })).toBe(20);
});

it("the median of an odd and an even number of values", () => {
  expect([medianOf([9, 1, 5]), medianOf([4, 1, 3, 2])]).toEqual([5, 3]);
});
