import type { ConfigValue, FeatureKey } from "../catalog/feature.ts";
import type { GeoRule, ResetPeriod, Rollover } from "../catalog/offering.ts";
import type { CustomerId, EntitlementId, OfferingVersionId, OrderId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Limit } from "../kernel/limit.ts";
import type { ResetAnchor } from "../usage/usage-period.ts";

/** Where a right came from, so that every limit can name the order line and the approver behind it. */
export interface Provenance {
  readonly kind: "order-line" | "override";
  readonly orderId: OrderId;
  readonly revision: number;
  readonly lineId: string;
  readonly offeringVersionId: OfferingVersionId;
  readonly decisionIds: readonly string[];
}

/** What is granted, by kind of feature. */
export type EntitlementValue =
  | { readonly kind: "boolean" }
  | { readonly kind: "config"; readonly value: ConfigValue }
  | MeteredValue
  | { readonly kind: "seat"; readonly limit: Limit; readonly enforcement: "soft" | "hard" };

export interface MeteredValue {
  readonly kind: "metered";
  readonly limit: Limit;
  readonly reset: ResetPeriod;
  readonly rollover: Rollover | null;
  readonly enforcement: "soft" | "hard";
  /** What usage periods are counted from; absent: the entitlement's own start, in UTC. */
  readonly anchor?: ResetAnchor;
}

/**
 * One customer's right to one feature from one source over `[activeFrom, activeTo)`.
 * Never edited: a change ends this row and starts a successor that names it in `supersedes`.
 * During `graceDays` (of 24 hours) after `activeTo` a check still says yes, with the state
 * `in_grace`, unless a successor has started: what was replaced or taken away has no grace.
 * A row of zero length grants nothing; it records that a right was ended before its start, or,
 * where it names another in `supersedes`, that the other was ended without a replacement.
 */
export interface Entitlement {
  readonly id: EntitlementId;
  readonly customerId: CustomerId;
  readonly feature: FeatureKey;
  readonly value: EntitlementValue;
  readonly activeFrom: Instant;
  readonly activeTo: Instant | null;
  readonly graceDays: number;
  readonly geo: GeoRule | null;
  readonly provenance: Provenance;
  readonly supersedes: EntitlementId | null;
}

/** An entitlement the order asks for, before it has an id. */
export type EntitlementDraft = Omit<Entitlement, "id" | "supersedes">;

/** An entitlement to be stored, lacking only its id. */
export type EntitlementStart = Omit<Entitlement, "id">;
