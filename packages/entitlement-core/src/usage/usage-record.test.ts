import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Instant, instantFromIso } from "../kernel/instant.ts";
import { type Limit, limitOf } from "../kernel/limit.ts";
import { carryOver } from "./rollover.ts";
import { usageInPeriod } from "./usage-record.ts";

const july = instantFromIso("2027-07-01T00:00:00Z");
const august = instantFromIso("2027-08-01T00:00:00Z");
const record = { periodFrom: july, used: 7, carried: 2 };

describe("usage that counts", () => {
  it("is that of the period asked about, and of no other", () => {
    expect(usageInPeriod({ record, period: { from: july, to: august } })).toEqual(record);
    expect(usageInPeriod({ record, period: { from: august, to: null } })).toMatchObject({
      used: 0,
      carried: 0,
    });
    expect(usageInPeriod({ record: null, period: null })).toMatchObject({ used: 0, carried: 0 });
  });

  it("seats taken count without a period, metered usage never does", () => {
    const taken = { periodFrom: null, used: 4, carried: 0 };
    expect(usageInPeriod({ record: taken, period: null }).used).toBe(4);
    expect(usageInPeriod({ record, period: null }).used).toBe(0);
    expect(usageInPeriod({ record: taken, period: { from: 0 as Instant, to: null } }).used).toBe(0);
  });
});

describe("rollover", () => {
  const limited = limitOf(100);

  it("carries what was left, up to the maximum", () => {
    const carry = (used: number, max: Limit, carried = 0) =>
      carryOver({ limit: limited, lapsing: 0, carried, used, max });
    expect(carry(70, limitOf(50))).toBe(30);
    expect(carry(10, limitOf(50))).toBe(50);
    expect(carry(10, { kind: "unlimited" })).toBe(90);
    expect(carry(10, { kind: "none" })).toBe(0);
    expect(carry(110, { kind: "unlimited" }, 30)).toBe(20);
  });

  it("carries nothing from overage, from unlimited, and from no limit", () => {
    const max: Limit = { kind: "unlimited" };
    expect(carryOver({ limit: limited, lapsing: 0, carried: 0, used: 120, max })).toBe(0);
    expect(carryOver({ limit: { kind: "unlimited" }, lapsing: 0, carried: 5, used: 0, max })).toBe(
      0,
    );
    expect(carryOver({ limit: { kind: "none" }, lapsing: 0, carried: 5, used: 0, max })).toBe(0);
  });

  it("never makes more than was granted, over any number of periods", () => {
    const amount = fc.nat(1000);
    fc.assert(
      fc.property(amount, amount, fc.array(amount, { maxLength: 12 }), (each, most, uses) => {
        let carried = 0;
        let available = 0;
        let spent = 0;
        uses.forEach((wish, index) => {
          available = each + carried;
          const used = Math.min(wish, available);
          spent += used;
          expect(spent).toBeLessThanOrEqual(each * (index + 1));
          carried = carryOver({
            limit: limitOf(each),
            lapsing: 0,
            carried,
            used,
            max: limitOf(most),
          });
          expect(carried).toBeLessThanOrEqual(Math.min(most, available - used));
        });
      }),
    );
  });
});
