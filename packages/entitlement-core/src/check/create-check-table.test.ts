import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Feature, FeatureKey } from "../catalog/feature.ts";
import { effectiveEntitlement } from "../entitlement/effective-entitlement.ts";
import type { Entitlement } from "../entitlement/entitlement.ts";
import { aRight, someCalls, someSeats } from "../entitlement/testing/right-builder.ts";
import type { CustomerId, OrderId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Limit } from "../kernel/limit.ts";
import { type UsageRecord, usageInPeriod } from "../usage/usage-record.ts";
import type { CheckAnswer } from "./check-answer.ts";
import { checkEntitlement } from "./check-entitlement.ts";
import { type CheckTable, createCheckTable } from "./create-check-table.ts";
import {
  someCountry,
  someCustomer,
  someFeatures,
  someInstant,
  someRights,
} from "./testing/arbitrary-rights.ts";

/** The meaning of a check, without any table. */
function oracle({
  entitlements,
  feature,
  record,
  amount,
  country,
  at,
}: {
  readonly entitlements: readonly Entitlement[];
  readonly feature: Feature;
  readonly record: UsageRecord | null;
  readonly amount: number;
  readonly country: string | null;
  readonly at: Instant;
}): CheckAnswer {
  const effective = effectiveEntitlement({ entitlements, feature, at });
  const usage = usageInPeriod({ record, period: effective.period });
  return checkEntitlement({ effective, amount, usage, country });
}

function plain(answer: CheckAnswer): CheckAnswer {
  const { allowed, reason, state, limit, value, usage, remaining } = answer;
  const { overage, inOverage, resetAt, validUntil, breakdown } = answer;
  return {
    allowed,
    reason,
    state,
    limit,
    value,
    usage,
    remaining,
    overage,
    inOverage,
    resetAt,
    validUntil,
    breakdown,
  };
}

/** Quick, as there are 100,000 pairs; `toEqual` says what differs. */
function expectSame(answer: CheckAnswer, expected: CheckAnswer): void {
  const isSame =
    answer.allowed === expected.allowed &&
    answer.reason === expected.reason &&
    answer.state === expected.state &&
    answer.usage === expected.usage &&
    answer.overage === expected.overage &&
    answer.inOverage === expected.inOverage &&
    answer.resetAt === expected.resetAt &&
    answer.validUntil === expected.validUntil &&
    isSameLimit(answer.limit, expected.limit) &&
    isSameLimit(answer.remaining, expected.remaining) &&
    (answer.value === expected.value ||
      JSON.stringify(answer.value) === JSON.stringify(expected.value)) &&
    sourcesOf(answer) === sourcesOf(expected);
  if (!isSame) expect(plain(answer)).toEqual(plain(expected));
}

function isSameLimit(one: Limit, other: Limit): boolean {
  if (one.kind !== "limited" || other.kind !== "limited") return one.kind === other.kind;
  return one.amount === other.amount;
}

function sourcesOf({ breakdown }: CheckAnswer): string {
  return breakdown.map(({ entitlement, inGrace }) => `${entitlement.id} ${inGrace}`).join();
}

/** The instants at which something may change, one millisecond around each, and some others. */
function tellingInstants(
  entitlements: readonly Entitlement[],
  others: readonly Instant[],
): Instant[] {
  const edges = entitlements.flatMap(({ activeFrom, activeTo, graceDays }) =>
    activeTo === null ? [activeFrom] : [activeFrom, activeTo, activeTo + graceDays * 86_400_000],
  );
  return [...edges.flatMap((edge) => [edge - 1, edge, edge + 1]), ...others] as Instant[];
}

const amounts = [0, 1, 5, 21, Number.MAX_SAFE_INTEGER];

const metered = someFeatures[1] as Feature;
const seat = someFeatures[2] as Feature;

describe("the check table against the meaning of a check", () => {
  it("gives the same answer in 100,000 cases, at exact boundaries, reused or fresh", {
    timeout: 60_000,
  }, () => {
    let compared = 0;
    const usage = fc.record({ used: fc.nat(30), carried: fc.nat(5), place: fc.nat(20) });
    fc.assert(
      fc.property(
        fc
          .constantFrom(...someFeatures, metered, metered, seat)
          .chain((feature) =>
            fc.record({ feature: fc.constant(feature), entitlements: someRights([feature]) }),
          ),
        usage,
        fc.array(someInstant, { minLength: 4, maxLength: 4 }),
        fc.array(someCountry, { minLength: 3, maxLength: 3 }),
        ({ feature, entitlements }, { used, carried, place }, instants, countries) => {
          const table = createCheckTable({ features: someFeatures });
          table.replaceCustomer({ customer: someCustomer, entitlements });
          const reused = table.createAnswer();
          const asked = tellingInstants(entitlements, instants);
          // Usage is told of a period that some of the questions fall into.
          const { period } = effectiveEntitlement({
            entitlements,
            feature,
            at: asked[place % asked.length] as Instant,
          });
          const record: UsageRecord = { periodFrom: period?.from ?? null, used, carried };
          const isHeld = entitlements.length > 0;
          const isCounted = feature.kind === "metered" || feature.kind === "seat";
          expect(table.tellUsage({ customer: someCustomer, feature: feature.key, record })).toBe(
            isHeld && isCounted,
          );
          asked.forEach((at, index) => {
            const amount = amounts[index % amounts.length] as number;
            const country = countries[index % countries.length] as string | null;
            const question = { customer: someCustomer, feature: feature.key, amount, country, at };
            const expected = oracle({ entitlements, feature, record, amount, country, at });
            const isSample = index === place;
            const answer = isSample ? table.check(question) : table.check(question, reused);
            expectSame(answer, expected);
            // Now and then to the last field of every source's provenance.
            if (isSample) expect(plain(answer)).toEqual(plain(expected));
            compared += 1;
          });
        },
      ),
      { numRuns: 6_500 },
    );
    expect(compared).toBeGreaterThan(100_000);
  });

  it("gives the same answer whatever was loaded, replaced, removed and told before", {
    timeout: 60_000,
  }, () => {
    const customers = Array.from({ length: 12 }, (_, index) => `cus_${index}` as CustomerId);
    const customer = fc.constantFrom(...customers);
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ customer, rights: someRights(someFeatures) }) },
      { weight: 1, arbitrary: fc.record({ customer, remove: fc.constant(true) }) },
      {
        weight: 3,
        arbitrary: fc.record({ customer, tell: fc.constantFrom(metered, seat), used: fc.nat(30) }),
      },
      { weight: 1, arbitrary: fc.record({ features: fc.subarray([...someFeatures]) }) },
    );
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 20, maxLength: 60 }),
        fc.array(someInstant, { minLength: 3, maxLength: 3 }),
        (steps, instants) => {
          const table = createCheckTable({ features: someFeatures });
          const books = new Map<CustomerId, readonly Entitlement[]>();
          const records = new Map<string, UsageRecord>();
          let features: readonly Feature[] = someFeatures;
          for (const one of steps) {
            if ("features" in one) {
              features = one.features;
              table.setFeatures(features);
            } else if ("remove" in one) {
              books.delete(one.customer);
              table.removeCustomer(one.customer);
            } else if ("tell" in one) {
              const { key } = one.tell;
              const record = { periodFrom: null, used: one.used, carried: 0 };
              const isTaken = table.tellUsage({ customer: one.customer, feature: key, record });
              if (isTaken) records.set(`${one.customer} ${key}`, record);
            } else {
              const entitlements = one.rights.map((right) => ({
                ...right,
                customerId: one.customer,
              }));
              books.set(one.customer, entitlements);
              const usage = features
                .filter(({ kind }) => kind === "metered" || kind === "seat")
                .map(({ key }) => [key, { periodFrom: null, used: 3, carried: 0 }] as const);
              table.replaceCustomer({ customer: one.customer, entitlements, usage });
              for (const [key, record] of usage) records.set(`${one.customer} ${key}`, record);
            }
            if ("features" in one || "remove" in one) records.clear();
          }
          expect(table.customers).toBe(books.size);
          for (const one of customers) {
            for (const feature of someFeatures.filter((feature) => feature.kind !== "seat")) {
              for (const at of instants) {
                const question = {
                  customer: one,
                  feature: feature.key,
                  amount: 1,
                  country: "DE",
                  at,
                };
                const entitlements = books.get(one);
                const expected =
                  entitlements === undefined
                    ? unknown("customer")
                    : features.includes(feature)
                      ? oracle({ ...question, entitlements, feature, record: null })
                      : unknown("feature");
                expectSame(table.check(question), expected);
              }
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("still answers rightly after tens of thousands of replacements and the compactions they cause", {
    timeout: 60_000,
  }, () => {
    const table = createCheckTable({ features: someFeatures });
    const rights = fc.sample(someRights(someFeatures), { numRuns: 200, seed: 11 });
    const current = new Map<CustomerId, readonly Entitlement[]>();
    const early = new Map<
      CustomerId,
      { readonly answer: CheckAnswer; readonly expected: CheckAnswer }
    >();
    const at = someRightsStart(rights);
    const feature = metered;
    for (let turn = 0; turn < 40_000; turn += 1) {
      const customer = `cus_${(turn * 7919) % 500}` as CustomerId;
      const entitlements = (rights[(turn * 31) % rights.length] as readonly Entitlement[]).map(
        (right) => ({ ...right, customerId: customer }),
      );
      table.replaceCustomer({ customer, entitlements });
      current.set(customer, entitlements);
      if (turn < 500) {
        const question = { customer, feature: feature.key, amount: 1, country: "DE", at };
        early.set(customer, {
          answer: table.check(question),
          expected: oracle({ ...question, entitlements, feature, record: null }),
        });
      }
    }
    for (const [customer, entitlements] of current) {
      const question = { customer, feature: feature.key, amount: 1, country: "DE", at };
      expectSame(
        table.check(question),
        oracle({ ...question, entitlements, feature, record: null }),
      );
    }
    // An answer keeps telling what was so when it was given, its breakdown too.
    for (const { answer, expected } of early.values()) expectSame(answer, expected);
    expect(table.entitlements).toBe([...current.values()].flat().length);
    // What was replaced is given back: at most a quarter is garbage, and as much reserve.
    const fresh = createCheckTable({ features: someFeatures });
    fresh.load([...current].map(([customer, entitlements]) => ({ customer, entitlements })));
    expect(table.bytes).toBeLessThan(fresh.bytes * 2);
  });
});

describe("the memory of the check table", () => {
  const text = (prefix: string, number: number) => `${prefix}_${String(number).padStart(26, "0")}`;

  it.each([
    { lines: 2, bytesMax: 120 },
    { lines: 8, bytesMax: 150 },
  ])(
    "is at most $bytesMax bytes a right when eight come from $lines order lines",
    ({ lines, bytesMax }) => {
      const features = Array.from({ length: 8 }, (_, index): Feature => {
        const kind = (["boolean", "seat", "metered", "boolean"] as const)[index % 4];
        const rest = {
          key: `feature_${index}` as FeatureKey,
          name: "",
          failPolicy: "closed" as const,
        };
        return kind === "metered"
          ? { ...rest, kind, unit: "call" }
          : { ...rest, kind: kind ?? "seat" };
      });
      const table = createCheckTable({ features });
      const customers = 1_500;
      table.load(
        Array.from({ length: customers }, (_, index) => ({
          customer: text("cus", index) as CustomerId,
          entitlements: features.map((feature, place) =>
            aRight(text("ent", index * 8 + place), {
              ...(feature.kind === "seat" ? someSeats(index % 50) : {}),
              ...(feature.kind === "metered" ? someCalls(1000) : {}),
              feature: feature.key,
              customerId: text("cus", index) as CustomerId,
              graceDays: 14,
              provenance: {
                orderId: text("ord", index) as OrderId,
                lineId: `00k${String(index * 8 + (place % lines)).padStart(15, "0")}`,
              },
            }),
          ),
        })),
      );
      expect(table.entitlements).toBe(customers * 8);
      expect(table.bytes / table.entitlements).toBeLessThanOrEqual(bytesMax);
    },
  );
});

describe("usage in the check table", () => {
  const customer = someCustomer;
  const [right] = fc.sample(
    someRights([metered]).filter(
      ([first, ...rest]) =>
        rest.length === 0 && first?.value.kind === "metered" && first.activeTo === null,
    ),
    { numRuns: 1, seed: 3 },
  )[0] as [Entitlement];
  const at = (right.activeFrom + 1) as Instant;
  const question = { customer, feature: metered.key, amount: 0, country: "DE", at };

  function stage(): { readonly table: CheckTable; readonly periodFrom: Instant } {
    const table = createCheckTable({ features: someFeatures });
    const unbound = { ...right, geo: null };
    table.replaceCustomer({ customer, entitlements: [unbound] });
    const { period } = effectiveEntitlement({ entitlements: [unbound], feature: metered, at });
    return { table, periodFrom: period?.from as Instant };
  }

  it("outlives the replacement of a customer's rights, as it does not belong to a row", () => {
    const { table, periodFrom } = stage();
    table.tellUsage({
      customer,
      feature: metered.key,
      record: { periodFrom, used: 7, carried: 0 },
    });
    table.replaceCustomer({ customer, entitlements: [{ ...right, geo: null, graceDays: 3 }] });
    expect(table.check(question).usage).toBe(7);
  });

  it("is not kept for a feature nobody holds or that counts nothing", () => {
    const { table } = stage();
    const record = { periodFrom: null, used: 1, carried: 0 };
    const none = { customer, record };
    expect(table.tellUsage({ ...none, feature: "other" as FeatureKey })).toBe(false);
    expect(table.tellUsage({ ...none, feature: seat.key })).toBe(false);
    expect(
      table.tellUsage({ ...none, feature: metered.key, customer: "cus_x" as CustomerId }),
    ).toBe(false);
  });
});

describe("a bad question", () => {
  it("an amount that is no count is refused by the table and by the check alike", () => {
    const table = createCheckTable({ features: someFeatures });
    const feature = metered;
    for (const amount of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      const rest = { customer: someCustomer, amount, country: null, at: 0 as Instant };
      expect(() => table.check({ ...rest, feature: feature.key })).toThrow(RangeError);
      expect(() => oracle({ ...rest, entitlements: [], feature, record: null })).toThrow(
        RangeError,
      );
    }
  });
});

function unknown(what: "customer" | "feature"): CheckAnswer {
  return checkEntitlement({
    effective: { unknown: what },
    amount: 1,
    usage: { used: 0, carried: 0 },
    country: null,
  });
}

function someRightsStart(rights: readonly (readonly Entitlement[])[]): Instant {
  return ((rights.flat()[0] as Entitlement).activeFrom + 1) as Instant;
}
