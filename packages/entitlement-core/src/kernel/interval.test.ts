import fc from "fast-check";
import { expect, it } from "vitest";
import type { Instant, Interval } from "./instant.ts";
import { contains, intersect, overlaps } from "./interval.ts";

const anInterval = fc
  .record({ from: fc.nat(50), length: fc.option(fc.nat(20), { nil: null }) })
  .map(
    ({ from, length }): Interval => ({
      from: from as Instant,
      to: length === null ? null : ((from + length) as Instant),
    }),
  );

it("an instant is in the intersection exactly when it is in both", () => {
  fc.assert(
    fc.property(anInterval, anInterval, (one, other) => {
      const both = intersect(one, other);
      for (let at = 0; at <= 80; at += 1) {
        const instant = at as Instant;
        const isInBoth = contains(one, instant) && contains(other, instant);
        expect(both !== null && contains(both, instant)).toBe(isInBoth);
      }
      expect(overlaps(one, other)).toBe(both !== null);
    }),
  );
});

it("intervals that only touch do not overlap", () => {
  const [a, b, c] = [1, 2, 3] as readonly number[] as readonly Instant[];
  if (a === undefined || b === undefined || c === undefined) throw new Error("three instants");
  expect(overlaps({ from: a, to: b }, { from: b, to: c })).toBe(false);
});
