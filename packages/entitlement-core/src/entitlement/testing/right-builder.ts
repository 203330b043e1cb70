import type { Feature, FeatureKey } from "../../catalog/feature.ts";
import type { ResetPeriod } from "../../catalog/offering.ts";
import type { CustomerId, EntitlementId, OfferingVersionId, OrderId } from "../../kernel/ids.ts";
import { type Instant, instantFromIso } from "../../kernel/instant.ts";
import { type Limit, limitOf } from "../../kernel/limit.ts";
import type { Entitlement, EntitlementValue, Provenance } from "../entitlement.ts";

export const customer = "cus_01jd8e6q2mf8hr4wv2nq9x5t3c" as CustomerId;

export const sso: Feature = {
  kind: "boolean",
  key: "sso" as FeatureKey,
  name: "Single sign-on",
  failPolicy: "closed",
};
export const seats: Feature = {
  kind: "seat",
  key: "seats" as FeatureKey,
  name: "Seats",
  failPolicy: "closed",
};
export const apiCalls: Feature = {
  kind: "metered",
  unit: "call",
  key: "api_calls" as FeatureKey,
  name: "API calls",
  failPolicy: "open",
};
export const region: Feature = {
  kind: "config",
  combine: "latest",
  key: "region" as FeatureKey,
  name: "Region",
  failPolicy: "closed",
};

/** Midnight in UTC. */
export function day(date: string): Instant {
  return instantFromIso(`${date}T00:00:00Z`);
}

/** A right for the year 2027; say what matters and leave the rest. */
export function aRight(
  id: string,
  changed: Partial<Omit<Entitlement, "id" | "provenance" | "supersedes">> & {
    readonly provenance?: Partial<Provenance>;
    readonly supersedes?: string;
  } = {},
): Entitlement {
  const { provenance, supersedes, ...rest } = changed;
  return {
    id: id as EntitlementId,
    customerId: customer,
    feature: sso.key,
    value: { kind: "boolean" },
    activeFrom: day("2027-01-01"),
    activeTo: day("2028-01-01"),
    graceDays: 0,
    geo: null,
    provenance: {
      kind: "order-line",
      orderId: "ord_1" as OrderId,
      revision: 1,
      lineId: "line-1",
      offeringVersionId: "ofv_1" as OfferingVersionId,
      decisionIds: [],
      ...provenance,
    },
    supersedes: (supersedes ?? null) as EntitlementId | null,
    ...rest,
  };
}

/** Seats, hard unless said otherwise. */
export function someSeats(amount: number | Limit, enforcement: "soft" | "hard" = "hard") {
  const limit = typeof amount === "number" ? limitOf(amount) : amount;
  const value: EntitlementValue = { kind: "seat", limit, enforcement };
  return { feature: seats.key, value };
}

/** API calls, hard and monthly unless said otherwise. */
export function someCalls(
  amount: number,
  reset: ResetPeriod = "month",
  enforcement: "soft" | "hard" = "hard",
) {
  const value: EntitlementValue = {
    kind: "metered",
    limit: limitOf(amount),
    reset,
    rollover: null,
    enforcement,
  };
  return { feature: apiCalls.key, value };
}
