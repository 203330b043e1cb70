import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { someFeatures, someInstant, someRights } from "../check/testing/arbitrary-rights.ts";
import { addDays, type Instant } from "../kernel/instant.ts";
import { effectiveEntitlement } from "./effective-entitlement.ts";
import type { Entitlement } from "./entitlement.ts";
import {
  apiCalls,
  aRight,
  day,
  region,
  seats,
  someCalls,
  someSeats,
  sso,
} from "./testing/right-builder.ts";

const midyear = day("2027-07-01");

function effective(entitlements: readonly Entitlement[], feature = sso, at: Instant = midyear) {
  return effectiveEntitlement({ entitlements, feature, at });
}

describe("combining sources", () => {
  it("a boolean is held when any source is", () => {
    expect(effective([]).isActive).toBe(false);
    expect(effective([aRight("a"), aRight("b", { activeTo: day("2027-02-01") })]).isActive).toBe(
      true,
    );
  });

  it("seats add up, and each source names the order line it came from", () => {
    const two = [
      aRight("a", { ...someSeats(10), provenance: { lineId: "line-1" } }),
      aRight("b", { ...someSeats(5), provenance: { lineId: "line-2", decisionIds: ["apd_1"] } }),
    ];
    const { limit, breakdown } = effective(two, seats);
    expect(limit).toEqual({ kind: "limited", amount: 15 });
    expect(breakdown.map(({ entitlement }) => entitlement.provenance.lineId)).toEqual([
      "line-1",
      "line-2",
    ]);
    expect(breakdown[1]?.entitlement.provenance.decisionIds).toEqual(["apd_1"]);
  });

  it("unlimited absorbs, none adds nothing, and nothing at all is none", () => {
    const unlimited = aRight("u", someSeats({ kind: "unlimited" }));
    const none = aRight("n", someSeats({ kind: "none" }));
    const ten = aRight("t", someSeats(10));
    expect(effective([ten, unlimited, none], seats).limit.kind).toBe("unlimited");
    expect(effective([ten, none], seats).limit).toEqual({ kind: "limited", amount: 10 });
    expect(effective([none], seats).limit.kind).toBe("none");
    expect(effective([], seats).limit.kind).toBe("none");
  });

  it("one soft source makes the sum soft, unless it grants nothing", () => {
    const soft = aRight("s", someSeats(1, "soft"));
    const hard = aRight("h", someSeats(1, "hard"));
    const emptySoft = aRight("e", someSeats({ kind: "none" }, "soft"));
    expect(effective([hard, soft], seats).enforcement).toBe("soft");
    expect(effective([hard, emptySoft], seats).enforcement).toBe("hard");
  });

  it("config follows the feature's rule", () => {
    const config = (
      combine: "max" | "min" | "union" | "latest",
      ...values: (number | string | string[])[]
    ) =>
      effectiveEntitlement({
        feature: { ...region, kind: "config", combine },
        at: midyear,
        entitlements: values.map((value, index) =>
          aRight(`r${index}`, {
            feature: region.key,
            value: { kind: "config", value },
            activeFrom: addDays(day("2027-01-01"), index),
          }),
        ),
      }).value;
    expect(config("max", 3, 7, 5)).toBe(7);
    expect(config("min", 3, 7, 5)).toBe(3);
    expect(config("latest", "eu", "us")).toBe("us");
    expect(config("union", ["b", "a"], "c", ["a"])).toEqual(["a", "b", "c"]);
    expect(config("max", "eu", 3)).toBe(3);
    expect(config("max", 3, "eu")).toBe("eu");
  });

  it("a right sold when the feature was of another kind is passed over", () => {
    expect(effective([aRight("a", { feature: seats.key })], seats).standing).toBe("absent");
  });

  it("the order in which rights are given makes no difference", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...someFeatures).chain((feature) =>
          fc.record({
            feature: fc.constant(feature),
            rights: someRights([feature]).map((rights) =>
              rights.map((right, index) => ({ ...right, id: `ent_${index}` as never })),
            ),
          }),
        ),
        someInstant,
        fc.infiniteStream(fc.nat()),
        ({ feature, rights }, at, numbers) => {
          const shuffled = [...rights]
            .map((right) => ({ right, place: numbers.next().value as number }))
            .sort((one, other) => one.place - other.place)
            .map(({ right }) => right);
          const one = effectiveEntitlement({ entitlements: rights, feature, at });
          const { geo, ...other } = effectiveEntitlement({ entitlements: shuffled, feature, at });
          expect({ ...other, geo: one.geo }).toEqual(one);
          expect(geo.length).toBe(one.geo.length);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe("time", () => {
  it("the start belongs to a right and the end does not", () => {
    const right = aRight("a");
    const standing = (at: number) => effective([right], sso, at as Instant).standing;
    expect(standing(right.activeFrom - 1)).toBe("not_yet_active");
    expect(standing(right.activeFrom)).toBe("active");
    expect(standing((right.activeTo as number) - 1)).toBe("active");
    expect(standing(right.activeTo as number)).toBe("expired");
  });

  it("grace is whole days of 24 hours after the end, and ends exactly", () => {
    const right = aRight("a", { graceDays: 14 });
    const graceEnd = addDays(day("2028-01-01"), 14);
    expect(effective([right], sso, day("2028-01-01"))).toMatchObject({
      isActive: true,
      inGrace: true,
      standing: "in_grace",
      validUntil: graceEnd,
    });
    expect(effective([right], sso, (graceEnd - 1) as Instant).isActive).toBe(true);
    expect(effective([right], sso, graceEnd).standing).toBe("expired");
  });

  it("what was replaced has no grace beside its replacement", () => {
    const change = day("2027-06-01");
    const old = aRight("old", { ...someSeats(10), activeTo: change, graceDays: 14 });
    const successor = aRight("new", { ...someSeats(4), activeFrom: change, supersedes: "old" });
    expect(effective([old, successor], seats, change).limit).toEqual({
      kind: "limited",
      amount: 4,
    });
    expect(effective([old], seats, change).limit).toEqual({ kind: "limited", amount: 10 });
  });

  it("a row of zero length ends the grace of what it names, and grants nothing itself", () => {
    const cancelation = day("2027-06-01");
    const right = aRight("a", { activeTo: cancelation, graceDays: 14 });
    const end = aRight("end", { activeFrom: cancelation, activeTo: cancelation, supersedes: "a" });
    expect(effective([right, end], sso, cancelation).standing).toBe("expired");
    expect(effective([right, end], sso, (cancelation - 1) as Instant).standing).toBe("active");
    expect(effective([end], sso, cancelation).standing).toBe("absent");
  });

  it("a coming start is told before a past end", () => {
    const past = aRight("past", { activeTo: day("2027-02-01") });
    const coming = aRight("coming", { activeFrom: day("2027-09-01") });
    expect(effective([past, coming])).toMatchObject({
      standing: "not_yet_active",
      validUntil: day("2027-09-01"),
    });
  });

  it("until validUntil nothing changes, and the answer there is not the same", () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom(...someFeatures)
          .chain((feature) =>
            fc.record({ feature: fc.constant(feature), rights: someRights([feature]) }),
          ),
        someInstant,
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ feature, rights }, at, share) => {
          const now = effectiveEntitlement({ entitlements: rights, feature, at });
          const until = now.validUntil ?? addDays(at, 4_000);
          expect(until).toBeGreaterThan(at);
          const between = Math.floor(at + (until - 1 - at) * share) as Instant;
          const later = effectiveEntitlement({ entitlements: rights, feature, at: between });
          expect({ ...later, at }).toEqual(now);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("usage periods of several sources", () => {
  it("sources that reset alike share the period of the oldest", () => {
    const january = aRight("a", { ...someCalls(1000), activeFrom: day("2027-01-15") });
    const march = aRight("b", { ...someCalls(500), activeFrom: day("2027-03-03") });
    const { limit, period } = effective([march, january], apiCalls, day("2027-07-20"));
    expect(limit).toEqual({ kind: "limited", amount: 1500 });
    expect(period).toEqual({ from: day("2027-07-15"), to: day("2027-08-15") });
  });

  it("a pack without reset beside a monthly allowance is never granted twice", () => {
    const monthly = aRight("m", { ...someCalls(1000, "month"), activeFrom: day("2027-01-01") });
    const pack = aRight("p", { ...someCalls(5000, "never"), activeFrom: day("2027-04-01") });
    const at = (date: string) => effective([monthly, pack], apiCalls, day(date));
    expect(at("2027-03-31").limit).toEqual({ kind: "limited", amount: 1000 });
    expect(at("2027-04-01")).toMatchObject({
      limit: { kind: "limited", amount: 6000 },
      period: { from: day("2027-04-01"), to: null },
      validUntil: day("2027-05-01"),
    });
    expect(at("2027-06-15").limit).toEqual({ kind: "limited", amount: 8000 });
  });

  it("a successor keeps the anchor, so an upgrade in mid-month starts no fresh month", () => {
    const anchor = { at: day("2027-01-15"), timeZone: "UTC" as never };
    const upgraded = someCalls(2000);
    const successor = aRight("s", {
      feature: upgraded.feature,
      value: { ...upgraded.value, anchor } as never,
      activeFrom: day("2027-06-03"),
    });
    expect(effective([successor], apiCalls, day("2027-06-03")).period).toEqual({
      from: day("2027-05-15"),
      to: day("2027-06-15"),
    });
  });
});
