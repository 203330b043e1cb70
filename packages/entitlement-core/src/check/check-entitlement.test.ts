import { describe, expect, it } from "vitest";
import type { GeoRule } from "../catalog/offering.ts";
import { effectiveEntitlement } from "../entitlement/effective-entitlement.ts";
import type { Entitlement } from "../entitlement/entitlement.ts";
import {
  apiCalls,
  aRight,
  day,
  region,
  seats,
  someCalls,
  someSeats,
  sso,
} from "../entitlement/testing/right-builder.ts";
import type { Instant } from "../kernel/instant.ts";
import type { CheckAnswer } from "./check-answer.ts";
import { checkEntitlement } from "./check-entitlement.ts";

function ask(
  entitlements: readonly Entitlement[],
  {
    feature = sso,
    amount = 1,
    used = 0,
    carried = 0,
    country = null as string | null,
    at = day("2027-07-01") as Instant,
  } = {},
): CheckAnswer {
  const effective = effectiveEntitlement({ entitlements, feature, at });
  return checkEntitlement({ effective, amount, usage: { used, carried }, country });
}

const unknownOf = (what: "customer" | "feature") =>
  checkEntitlement({
    effective: { unknown: what },
    amount: 1,
    usage: { used: 0, carried: 0 },
    country: null,
  });

describe("each reason, from its own situation", () => {
  it("unknown_customer and unknown_feature", () => {
    expect(unknownOf("customer")).toMatchObject({ allowed: false, reason: "unknown_customer" });
    expect(unknownOf("feature")).toMatchObject({ allowed: false, reason: "unknown_feature" });
  });

  it("no_entitlement: nothing was ever held, so an empty list never allows", () => {
    expect(ask([])).toMatchObject({
      allowed: false,
      reason: "no_entitlement",
      state: "absent",
      limit: { kind: "none" },
      remaining: { kind: "none" },
      validUntil: null,
    });
  });

  it("not_yet_active, and from when it will be", () => {
    expect(ask([aRight("a", { activeFrom: day("2027-08-01") })])).toMatchObject({
      allowed: false,
      reason: "not_yet_active",
      state: "not_yet_active",
      validUntil: day("2027-08-01"),
    });
  });

  it("expired", () => {
    expect(ask([aRight("a", { activeTo: day("2027-06-30") })])).toMatchObject({
      allowed: false,
      reason: "expired",
      state: "expired",
    });
  });

  it("allowed_in_grace", () => {
    expect(ask([aRight("a", { activeTo: day("2027-06-30"), graceDays: 7 })])).toMatchObject({
      allowed: true,
      reason: "allowed_in_grace",
      state: "in_grace",
      validUntil: day("2027-07-07"),
    });
  });

  it("limit_reached, with the figures that explain it", () => {
    expect(ask([aRight("a", someSeats(5))], { feature: seats, used: 5 })).toMatchObject({
      allowed: false,
      reason: "limit_reached",
      limit: { kind: "limited", amount: 5 },
      usage: 5,
      remaining: { kind: "limited", amount: 0 },
      overage: 0,
      inOverage: false,
    });
  });

  it("allowed_in_overage under a soft limit, crossing it and beyond it", () => {
    const soft = [aRight("a", someCalls(100, "month", "soft"))];
    expect(ask(soft, { feature: apiCalls, used: 99, amount: 2 })).toMatchObject({
      allowed: true,
      reason: "allowed_in_overage",
      remaining: { kind: "limited", amount: 1 },
      overage: 0,
      inOverage: true,
    });
    expect(ask(soft, { feature: apiCalls, used: 150 })).toMatchObject({
      overage: 50,
      inOverage: true,
    });
  });

  it("allowed, up to the very last unit", () => {
    const hard = [aRight("a", someCalls(100))];
    expect(ask(hard, { feature: apiCalls, used: 99 })).toMatchObject({
      allowed: true,
      reason: "allowed",
      resetAt: day("2027-08-01"),
      validUntil: day("2027-08-01"),
    });
    expect(ask(hard, { feature: apiCalls, used: 99, amount: 2 }).allowed).toBe(false);
  });
});

describe("limits", () => {
  it("none denies even softly and even for nothing, and unlimited has always room", () => {
    const none = [aRight("a", someSeats({ kind: "none" }, "soft"))];
    expect(ask(none, { feature: seats, amount: 0 })).toMatchObject({
      allowed: false,
      reason: "limit_reached",
    });
    const unlimited = [aRight("a", someSeats({ kind: "unlimited" }))];
    const most = { feature: seats, amount: Number.MAX_SAFE_INTEGER, used: Number.MAX_SAFE_INTEGER };
    expect(ask(unlimited, most)).toMatchObject({ allowed: true, remaining: { kind: "unlimited" } });
  });

  it("what was carried over adds to the limit, but never more than rollover allows", () => {
    const value = { ...someCalls(100).value, rollover: { max: { kind: "limited", amount: 20 } } };
    const right = [aRight("a", { feature: apiCalls.key, value: value as never })];
    expect(ask(right, { feature: apiCalls, carried: 15 }).limit).toEqual({
      kind: "limited",
      amount: 115,
    });
    expect(ask(right, { feature: apiCalls, carried: 50 }).limit).toEqual({
      kind: "limited",
      amount: 120,
    });
    const without = [aRight("a", someCalls(100))];
    expect(ask(without, { feature: apiCalls, carried: 50 }).limit).toEqual({
      kind: "limited",
      amount: 100,
    });
  });

  it("buying more never turns a yes into a no", () => {
    const soft = aRight("soft", someSeats(5, "soft"));
    const hard = aRight("hard", someSeats(1, "hard"));
    const before = ask([soft], { feature: seats, used: 7 });
    const after = ask([soft, hard], { feature: seats, used: 7 });
    expect([before.allowed, after.allowed]).toEqual([true, true]);
  });
});

describe("countries", () => {
  const germany: GeoRule = { mode: "allow", countries: ["DE"] };
  const notGermany: GeoRule = { mode: "deny", countries: ["DE"] };

  it("an allow list admits its members, a deny list all others, an empty allow list nobody", () => {
    expect(ask([aRight("a", { geo: germany })], { country: "DE" }).allowed).toBe(true);
    expect(ask([aRight("a", { geo: germany })], { country: "US" }).reason).toBe(
      "country_not_allowed",
    );
    expect(ask([aRight("a", { geo: notGermany })], { country: "DE" }).reason).toBe(
      "country_not_allowed",
    );
    expect(ask([aRight("a", { geo: notGermany })], { country: "US" }).allowed).toBe(true);
    const nobody: GeoRule = { mode: "allow", countries: [] };
    expect(ask([aRight("a", { geo: nobody })], { country: "DE" }).allowed).toBe(false);
  });

  it("without a country a bound right denies, also by a deny list", () => {
    for (const geo of [germany, notGermany]) {
      expect(ask([aRight("a", { geo })]).reason).toBe("country_required");
    }
  });

  it("a rule binds its own source only, and the limit is that of the sources that count there", () => {
    const two = [aRight("bound", { ...someSeats(10), geo: germany }), aRight("free", someSeats(5))];
    const inGermany = ask(two, { feature: seats, country: "DE", used: 8 });
    expect(inGermany).toMatchObject({ allowed: true, limit: { kind: "limited", amount: 15 } });
    const elsewhere = ask(two, { feature: seats, country: "US", used: 8 });
    expect(elsewhere).toMatchObject({ allowed: false, limit: { kind: "limited", amount: 5 } });
    expect(elsewhere.breakdown.map(({ entitlement }) => entitlement.id)).toEqual(["free"]);
  });

  it("a country's no names the sources that refuse", () => {
    const answer = ask([aRight("a", { geo: germany })], { country: "US" });
    expect(answer.breakdown.map(({ entitlement }) => entitlement.geo)).toEqual([germany]);
  });
});

describe("what is told besides yes and no", () => {
  it("a config feature's value", () => {
    const right = aRight("a", { feature: region.key, value: { kind: "config", value: "eu" } });
    expect(ask([right], { feature: region })).toMatchObject({ allowed: true, value: "eu" });
  });

  it("an amount that is no count is a mistake of the caller", () => {
    for (const amount of [-1, 1.5, Number.NaN, 2 ** 53]) {
      expect(() => ask([aRight("a")], { amount })).toThrow(/whole number of at least 0/);
    }
  });
});
