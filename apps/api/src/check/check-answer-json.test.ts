import { checkAnswerSchema } from "@usher/api-contract";
import { type CheckAnswer, checkReasons } from "@usher/entitlement-core/check";
import type { Entitlement } from "@usher/entitlement-core/entitlement";
import type { Instant, Limit } from "@usher/entitlement-core/kernel";
import fc from "fast-check";
import { expect, it } from "vitest";
import { toWireBreakdownEntry, toWireLimit } from "../wire/to-wire-entitlement.ts";
import { toListBytes, toOctets, toWhole } from "./answer-text.ts";
import { checkAnswerJson, originJson } from "./check-answer-json.ts";

const instant = fc.integer({ min: 0, max: 4_102_444_800_000 }).map((ms) => ms as Instant);
const limit: fc.Arbitrary<Limit> = fc.oneof(
  fc.constant({ kind: "none" as const }),
  fc.constant({ kind: "unlimited" as const }),
  fc.nat().map((amount) => ({ kind: "limited" as const, amount })),
);
// Texts beyond ASCII too: an answer travels as bytes, whatever its characters.
const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }));
const configValue = fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text));
const value: fc.Arbitrary<Entitlement["value"]> = fc.oneof(
  fc.constant({ kind: "boolean" as const }),
  configValue.map((set) => ({ kind: "config" as const, value: set })),
  limit.map((one) => ({ kind: "seat" as const, limit: one, enforcement: "hard" as const })),
);
const entitlement = fc.record({
  id: fc.constant("ent_1"),
  customerId: fc.constant("cus_1"),
  feature: fc.constant("seats"),
  value,
  activeFrom: instant,
  activeTo: fc.option(instant),
  graceDays: fc.nat(30),
  geo: fc.constant(null),
  supersedes: fc.constant(null),
  provenance: fc.record({
    kind: fc.constantFrom("order-line" as const, "override" as const),
    orderId: fc.constant("ord_1"),
    revision: fc.nat(),
    lineId: text,
    offeringVersionId: fc.constant("ofv_1"),
    decisionIds: fc.array(fc.constant("apd_1")),
  }),
}) as unknown as fc.Arbitrary<Entitlement>;
const answer: fc.Arbitrary<CheckAnswer> = fc.record({
  allowed: fc.boolean(),
  reason: fc.constantFrom(...checkReasons),
  state: fc.constantFrom("active", "in_grace", "not_yet_active", "expired", "absent"),
  limit,
  value: fc.option(configValue),
  usage: fc.nat(),
  remaining: limit,
  overage: fc.nat(),
  inOverage: fc.boolean(),
  resetAt: fc.option(instant),
  validUntil: fc.option(instant),
  breakdown: fc.array(fc.record({ entitlement, inGrace: fc.boolean() }), { maxLength: 3 }),
});

function toWire(one: CheckAnswer, asOf: Instant, lagMs: number) {
  const iso = (at: Instant | null) => (at === null ? null : new Date(at).toISOString());
  return {
    allowed: one.allowed,
    reason: one.reason,
    state: one.state,
    limit: toWireLimit(one.limit),
    value: one.value,
    usage: one.usage,
    remaining: toWireLimit(one.remaining),
    overage: one.overage,
    in_overage: one.inOverage,
    reset_at: iso(one.resetAt),
    valid_until: iso(one.validUntil),
    breakdown: one.breakdown.map(toWireBreakdownEntry),
    as_of: iso(asOf),
    lag_ms: lagMs,
    source: "live",
  };
}

it("writes exactly what JSON.stringify of the contract's shape says, alone and in a list", () => {
  fc.assert(
    fc.property(fc.array(answer, { maxLength: 4 }), instant, fc.nat(), (answers, asOf, lagMs) => {
      const origin = originJson({ asOf, lagMs });
      // Every second one with an origin of its own, as an answer about the past has.
      const texts = answers.map((one, index) => ({
        octets: toOctets(checkAnswerJson(one)),
        origin: index % 2 === 0 ? null : origin,
      }));
      const wires = answers.map((one) => toWire(one, asOf, lagMs));
      const alone = texts.map((one) => Buffer.from(toWhole(one, origin), "latin1"));
      expect(alone.map((bytes) => bytes.toString("utf8"))).toEqual(
        wires.map((wire) => JSON.stringify(wire)),
      );
      const list = toListBytes(texts, origin);
      expect(list.bytes.toString("utf8")).toBe(JSON.stringify({ data: wires }));
      list.release();
      for (const wire of wires) expect(checkAnswerSchema.safeParse(wire).success).toBe(true);
    }),
  );
});
