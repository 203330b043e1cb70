import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ResetPeriod } from "../catalog/offering.ts";
import { checkEntitlement } from "../check/check-entitlement.ts";
import { someFeatures, someInstant, someRights } from "../check/testing/arbitrary-rights.ts";
import { type Instant, instantToIso, type TimeZone } from "../kernel/instant.ts";
import { type Limit, limitOf, unlimited } from "../kernel/limit.ts";
import { carriedInto, hasRollover, periodsBefore } from "./carried-into.ts";
import { effectiveEntitlement } from "./effective-entitlement.ts";
import type { Entitlement } from "./entitlement.ts";
import { apiCalls, aRight, day, someCalls } from "./testing/right-builder.ts";

interface Rolling {
  readonly each: number;
  readonly max: Limit | null;
  readonly reset?: ResetPeriod;
  readonly timeZone?: string;
  readonly anchor?: Instant;
}

/** Calls that are renewed and roll over up to `max`; null: they do not roll over. */
function rolling({ each, max, reset = "month", timeZone, anchor }: Rolling) {
  const { feature, value } = someCalls(each, reset);
  if (value.kind !== "metered") throw new Error("Calls are metered.");
  const zone = (timeZone ?? "UTC") as TimeZone;
  return {
    feature,
    value: {
      ...value,
      rollover: max === null ? null : { max },
      ...(anchor === undefined ? {} : { anchor: { at: anchor, timeZone: zone } }),
    },
  };
}

type Use = readonly [date: string, quantity: number];

function carriedAt(rights: readonly Entitlement[], at: Instant, uses: readonly Use[] = []): number {
  const { period } = effectiveEntitlement({ entitlements: rights, feature: apiCalls, at });
  if (period === null) throw new Error("Nothing counts then.");
  return carriedInto({
    periods: periodsBefore({ entitlements: rights, feature: apiCalls, into: period }),
    usedIn: ({ from, to }) =>
      uses
        .filter(([date]) => day(date) >= from && day(date) < to)
        .reduce((sum, [, quantity]) => sum + quantity, 0),
  });
}

const upTo = limitOf;

describe("what is carried into a usage period", () => {
  const right = aRight("e1", rolling({ each: 100, max: upTo(150) }));

  it("is nothing in the first, and then what was left, over as many as it takes, up to the maximum", () => {
    const uses: Use[] = [
      ["2027-01-20", 70],
      ["2027-03-31", 20],
    ];
    const carried = ["2027-01-31", "2027-02-01", "2027-03-01", "2027-04-01", "2027-05-01"].map(
      (date) => carriedAt([right], day(date), uses),
    );
    expect(carried).toEqual([0, 30, 130, 150, 150]);
  });

  it("shows in the limit and in what remains", () => {
    const at = day("2027-02-10");
    const effective = effectiveEntitlement({ entitlements: [right], feature: apiCalls, at });
    const usage = { used: 110, carried: carriedAt([right], at, [["2027-01-20", 70]]) };
    expect(checkEntitlement({ effective, amount: 20, usage, country: null })).toMatchObject({
      allowed: true,
      limit: limitOf(130),
      remaining: limitOf(20),
    });
    expect(checkEntitlement({ effective, amount: 21, usage, country: null }).reason).toBe(
      "limit_reached",
    );
  });

  it("counts use at the reset itself to the period that begins with it", () => {
    expect(carriedAt([right], day("2027-02-15"), [["2027-02-01", 60]])).toBe(100);
    expect(carriedAt([right], day("2027-03-15"), [["2027-02-01", 60]])).toBe(140);
  });

  it("is nothing after overage: a soft limit that was passed owes nothing either", () => {
    expect(carriedAt([right], day("2027-02-15"), [["2027-01-05", 130]])).toBe(0);
    const uses: Use[] = [
      ["2027-01-05", 130],
      ["2027-02-05", 90],
    ];
    expect(carriedAt([right], day("2027-03-15"), uses)).toBe(10);
  });

  it("follows an anchor on the 31st through shorter months", () => {
    const anchor = day("2027-01-31");
    const late = aRight("e1", {
      ...rolling({ each: 100, max: unlimited, anchor }),
      activeFrom: anchor,
      activeTo: day("2028-01-31"),
    });
    const uses: Use[] = [
      ["2027-02-27", 10],
      ["2027-02-28", 20],
    ];
    expect(carriedAt([late], day("2027-02-28"), uses)).toBe(90);
    expect(carriedAt([late], day("2027-03-30"), uses)).toBe(90);
    expect(carriedAt([late], day("2027-03-31"), uses)).toBe(170);
  });

  it("takes a day of 23 hours for a day", () => {
    const anchor = day("2027-03-25");
    const daily = aRight("e1", {
      ...rolling({
        each: 10,
        max: unlimited,
        reset: "day",
        timeZone: "Europe/Berlin",
        anchor: (anchor - 3_600_000) as Instant,
      }),
      activeFrom: (anchor - 3_600_000) as Instant,
    });
    // 25, 26, 27 March and the short 28th: four days of ten.
    expect(carriedAt([daily], (day("2027-03-28") + 22 * 3_600_000 - 1) as Instant)).toBe(30);
    expect(carriedAt([daily], (day("2027-03-28") + 22 * 3_600_000) as Instant)).toBe(40);
  });

  it("takes nothing of sources that lapse, which are used up first", () => {
    const lapses = aRight("e2", rolling({ each: 50, max: null }));
    const both = [right, lapses];
    expect(carriedAt(both, day("2027-02-15"))).toBe(100);
    expect(carriedAt(both, day("2027-02-15"), [["2027-01-09", 50]])).toBe(100);
    expect(carriedAt(both, day("2027-02-15"), [["2027-01-09", 80]])).toBe(70);
  });

  it("counts what was bought in mid-period, and goes on over an amendment that keeps the anchor", () => {
    const anchor = day("2027-01-01");
    const small = aRight("e1", {
      ...rolling({ each: 100, max: unlimited, anchor }),
      activeTo: day("2027-02-10"),
    });
    const large = aRight("e2", {
      ...rolling({ each: 300, max: unlimited, anchor }),
      activeFrom: day("2027-02-10"),
      supersedes: "e1",
    });
    expect(carriedAt([small, large], day("2027-02-20"))).toBe(100);
    expect(carriedAt([small, large], day("2027-03-20"))).toBe(400);
  });

  it("does not reach over a time without a right, nor over another grid of resets", () => {
    const first = aRight("e1", {
      ...rolling({ each: 100, max: unlimited }),
      activeTo: day("2027-03-01"),
    });
    const afterGap = aRight("e2", {
      ...rolling({ each: 100, max: unlimited }),
      activeFrom: day("2027-05-01"),
    });
    expect(carriedAt([first, afterGap], day("2027-05-10"))).toBe(0);
    expect(carriedAt([first, afterGap], day("2027-06-10"))).toBe(100);
    const fromThe15th = aRight("e3", {
      ...rolling({ each: 100, max: unlimited }),
      activeFrom: day("2027-02-15"),
    });
    expect(carriedAt([first, fromThe15th], day("2027-03-10"))).toBe(0);
  });

  it("is nothing for rights without rollover, whose periods are not even looked at", () => {
    const plain = aRight("e1", rolling({ each: 100, max: null }));
    expect(hasRollover([plain], apiCalls)).toBe(false);
    expect(hasRollover([right], apiCalls)).toBe(true);
    expect(carriedAt([plain], day("2027-06-01"))).toBe(0);
  });

  it("looks at one period where nothing was used and the maximum is soon full", () => {
    const full = aRight("e1", rolling({ each: 100, max: upTo(100) }));
    let looked = 0;
    const counted = function* () {
      const into = { from: day("2027-12-01"), to: day("2028-01-01") };
      for (const one of periodsBefore({ entitlements: [full], feature: apiCalls, into })) {
        looked += 1;
        yield one;
      }
    };
    expect(carriedInto({ periods: counted(), usedIn: () => 0 })).toBe(100);
    expect(looked).toBe(1);
  });
});

describe("over any use, grid and maximum", () => {
  const someReset = fc.constantFrom<ResetPeriod>("day", "week", "month");
  const someZone = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia");
  const someMax = fc.oneof(fc.nat(300).map(limitOf), fc.constant(unlimited));
  const someAnchor = fc
    .integer({ min: day("2027-01-01"), max: day("2027-12-31") })
    .map((ms) => (ms - (ms % 3_600_000)) as Instant);
  const someUses = fc.array(fc.nat(200), { maxLength: 14 });

  it("it is what is left when each period is lived through one after the other, never more than the maximum, never less than nothing", () => {
    fc.assert(
      fc.property(
        fc.nat(200),
        someMax,
        someReset,
        someZone,
        someAnchor,
        someUses,
        (each, max, reset, timeZone, anchor, uses) => {
          const right = aRight("e1", {
            ...rolling({ each, max, reset, timeZone, anchor }),
            activeFrom: anchor,
            activeTo: null,
          });
          const periodAt = (at: Instant) => {
            const { period } = effectiveEntitlement({
              entitlements: [right],
              feature: apiCalls,
              at,
            });
            if (period?.to == null) throw new Error(`No period at ${instantToIso(at)}.`);
            return { from: period.from, to: period.to };
          };
          const used = new Map<number, number>();
          let at = anchor;
          let expected = 0;
          let granted = 0;
          let spent = 0;
          for (const wish of uses) {
            const period = periodAt(at);
            const available = each + expected;
            const taken = Math.min(wish, available);
            granted += each;
            spent += taken;
            expect(spent).toBeLessThanOrEqual(granted);
            used.set(period.from, taken);
            const left = available - taken;
            expected = max.kind === "limited" ? Math.min(max.amount, left) : left;
            at = period.to;
          }
          const carried = carriedInto({
            periods: periodsBefore({
              entitlements: [right],
              feature: apiCalls,
              into: periodAt(at),
            }),
            usedIn: ({ from }) => used.get(from) ?? 0,
          });
          expect(carried).toBe(expected);
          expect(carried).toBeGreaterThanOrEqual(0);
          if (max.kind === "limited") expect(carried).toBeLessThanOrEqual(max.amount);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("more use never carries more", () => {
    fc.assert(
      fc.property(
        someMax,
        someUses,
        fc.nat(13),
        fc.integer({ min: 1, max: 100 }),
        (max, uses, index, more) => {
          const right = aRight("e1", { ...rolling({ each: 100, max }), activeTo: null });
          const carriedBy = (quantities: readonly number[]) =>
            carriedAt(
              [right],
              day("2028-03-01"),
              quantities.map((quantity, month) => [
                new Date(Date.UTC(2027, month, 10)).toISOString().slice(0, 10),
                quantity,
              ]),
            );
          const heavier = uses.map((one, month) => (month === index ? one + more : one));
          expect(carriedBy(heavier)).toBeLessThanOrEqual(carriedBy(uses));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("with any sources, ended and replaced ones among them, the chain has no gap and never carries more than it was let", () => {
    const calls = someFeatures.find(({ kind }) => kind === "metered");
    if (calls === undefined) throw new Error("No feature is metered.");
    let chained = 0;
    fc.assert(
      fc.property(
        someRights([calls]),
        someInstant,
        fc.array(fc.nat(40), { minLength: 1, maxLength: 5 }),
        (rights, at, uses) => {
          const effective = effectiveEntitlement({ entitlements: rights, feature: calls, at });
          const { period } = effective;
          if (period === null) return;
          const chain = [...periodsBefore({ entitlements: rights, feature: calls, into: period })];
          const carried = carriedInto({
            periods: chain,
            usedIn: ({ from }) => uses[Math.abs(from / 3_600_000) % uses.length] ?? 0,
          });
          chain.forEach((link, index) => {
            expect(link.period.to).toBe(index === 0 ? period.from : chain[index - 1]?.period.from);
            expect(link.period.from).toBeLessThan(link.period.to);
          });
          chained += chain.length;
          expect(Number.isSafeInteger(carried) && carried >= 0).toBe(true);
          const [last] = chain;
          if (last === undefined || last.limit.kind !== "limited") {
            expect(carried).toBe(0);
            return;
          }
          if (last.max.kind === "limited") expect(carried).toBeLessThanOrEqual(last.max.amount);
          const rolled = chain.reduce(
            (sum, { limit, lapsing }) =>
              sum + (limit.kind === "limited" ? limit.amount - lapsing : 0),
            0,
          );
          expect(carried).toBeLessThanOrEqual(rolled);
        },
      ),
      { numRuns: 1_000 },
    );
    expect(chained).toBeGreaterThan(100);
  });
});
