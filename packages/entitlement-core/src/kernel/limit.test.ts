import fc from "fast-check";
import { expect, it } from "vitest";
import {
  hasRoomFor,
  type Limit,
  limitOf,
  noLimit,
  overageOf,
  remainingOf,
  sumLimits,
  unlimited,
} from "./limit.ts";

const anyLimit = fc.oneof(
  fc.constant(noLimit),
  fc.constant(unlimited),
  fc.nat(1_000_000).map(limitOf),
);

it("no source at all allows nothing", () => {
  expect(sumLimits([])).toEqual(noLimit);
});

it("unlimited absorbs, amounts add up, none adds nothing", () => {
  fc.assert(
    fc.property(fc.array(anyLimit), (limits) => {
      const sum = sumLimits(limits);
      if (limits.some(({ kind }) => kind === "unlimited")) expect(sum).toEqual(unlimited);
      else if (limits.every(({ kind }) => kind === "none")) expect(sum).toEqual(noLimit);
      else {
        const amount = limits.reduce(
          (all, one) => all + (one.kind === "limited" ? one.amount : 0),
          0,
        );
        expect(sum).toEqual({ kind: "limited", amount });
      }
      expect(sumLimits(limits.toReversed())).toEqual(sum);
    }),
  );
});

it("what is left and what is over always add up to limit and usage", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (amount, usage) => {
      const limit: Limit = limitOf(amount);
      const left = remainingOf({ limit, usage });
      const over = overageOf({ limit, usage });
      expect(left.kind === "limited" && amount - left.amount + over).toBe(usage);
    }),
  );
});

it("none has room for nothing, not even for 0", () => {
  expect(hasRoomFor({ limit: noLimit, usage: 0, amount: 0 })).toBe(false);
  expect(hasRoomFor({ limit: unlimited, usage: 1e9, amount: 1e9 })).toBe(true);
  expect(hasRoomFor({ limit: limitOf(5), usage: 4, amount: 1 })).toBe(true);
  expect(hasRoomFor({ limit: limitOf(5), usage: 5, amount: 1 })).toBe(false);
});

it("a limit is a whole number of at least 0", () => {
  for (const amount of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(() => limitOf(amount)).toThrow(RangeError);
  }
});
