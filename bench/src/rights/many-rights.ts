import type { Feature, FeatureKey } from "../../../packages/entitlement-core/src/catalog/index.ts";
import type {
  Entitlement,
  EntitlementValue,
} from "../../../packages/entitlement-core/src/entitlement/index.ts";
import {
  type CustomerId,
  type EntitlementId,
  instantFromIso,
  type OfferingVersionId,
  type OrderId,
  type TimeZone,
} from "../../../packages/entitlement-core/src/kernel/index.ts";
import type { UsageRecord } from "../../../packages/entitlement-core/src/usage/index.ts";
import { randomSource, typeId } from "./seeded-ids.ts";

/** Eight features of all kinds. */
export const benchFeatures: readonly Feature[] = (
  [
    { key: "sso", kind: "boolean" },
    { key: "api_calls", kind: "metered", unit: "call" },
    { key: "seats", kind: "seat" },
    { key: "region", kind: "config", combine: "latest" },
    { key: "audit", kind: "boolean" },
    { key: "exports", kind: "metered", unit: "export" },
    { key: "support", kind: "config", combine: "max" },
    { key: "sandbox", kind: "boolean" },
  ] as const
).map((one) => ({ ...one, key: one.key as FeatureKey, name: one.key, failPolicy: "closed" }));

/** In force whenever the benchmark is run, since over HTTP checks are asked as of the clock. */
export const termStart = instantFromIso("2026-01-01T00:00:00Z");
export const termEnd = instantFromIso("2046-01-01T00:00:00Z");

/** The instant every timed question is about. */
export const benchNow = instantFromIso("2027-06-15T12:00:00Z");

const monthStart = instantFromIso("2027-06-01T00:00:00Z");

export function customerAt(index: number): CustomerId {
  return typeId("cus", index) as CustomerId;
}

/** Eight rights from two order lines, as a customer of two offerings holds them. */
export function rightsAt(index: number): readonly Entitlement[] {
  const customerId = customerAt(index);
  return benchFeatures.map((feature, place): Entitlement => {
    const line = place < 5 ? 0 : 1;
    return {
      id: typeId("ent", index * 8 + place) as EntitlementId,
      customerId,
      feature: feature.key,
      value: grantedBy(feature, index),
      activeFrom: termStart,
      activeTo: termEnd,
      graceDays: 14,
      geo: null,
      provenance: {
        kind: "order-line",
        orderId: typeId("ord", index) as OrderId,
        revision: 1,
        lineId: `00k${String(index * 2 + line).padStart(15, "0")}`,
        offeringVersionId: typeId("ofv", line) as OfferingVersionId,
        decisionIds: index % 10 === 0 ? [typeId("apd", index)] : [],
      },
      supersedes: null,
    };
  });
}

/** What was used of the counted features: a third is over its limit. */
export function usageAt(index: number): readonly (readonly [FeatureKey, UsageRecord])[] {
  const calls: UsageRecord = { periodFrom: monthStart, used: index % 1500, carried: 0 };
  const seats: UsageRecord = { periodFrom: null, used: index % 60, carried: 0 };
  return [
    ["api_calls" as FeatureKey, calls],
    ["exports" as FeatureKey, calls],
    ["seats" as FeatureKey, seats],
  ];
}

export interface Question {
  readonly customer: CustomerId;
  readonly feature: FeatureKey;
  readonly amount: number;
  readonly country: string | null;
  readonly at: typeof benchNow;
}

/** Random customers and features, in an order that no cache can guess; the same in every run. */
export function randomQuestions({
  customers,
  count,
}: {
  readonly customers: readonly CustomerId[];
  readonly count: number;
}): readonly Question[] {
  const random = randomSource(7);
  return Array.from({ length: count }, () => ({
    customer: customers[Math.floor(random() * customers.length)] as CustomerId,
    feature: benchFeatures[Math.floor(random() * benchFeatures.length)]?.key as FeatureKey,
    amount: 1,
    country: "DE",
    at: benchNow,
  }));
}

function grantedBy(feature: Feature, index: number): EntitlementValue {
  switch (feature.kind) {
    case "boolean":
      return { kind: "boolean" };
    case "config":
      return {
        kind: "config",
        value: feature.combine === "max" ? index % 4 : `region-${index % 5}`,
      };
    case "seat":
      return {
        kind: "seat",
        limit: { kind: "limited", amount: 5 + (index % 50) },
        enforcement: "hard",
      };
    case "metered":
      return {
        kind: "metered",
        limit: { kind: "limited", amount: 1000 * (1 + (index % 3)) },
        reset: "month",
        rollover: null,
        enforcement: "hard",
        anchor: { at: termStart, timeZone: "UTC" as TimeZone },
      };
  }
}
