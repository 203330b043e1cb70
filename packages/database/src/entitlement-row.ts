import type { FeatureKey, GeoRule } from "@usher/entitlement-core/catalog";
import type {
  Entitlement,
  EntitlementStart,
  EntitlementValue,
} from "@usher/entitlement-core/entitlement";
import type {
  CustomerId,
  EntitlementId,
  OfferingVersionId,
  OrderId,
} from "@usher/entitlement-core/kernel";
import { instantToIso } from "@usher/entitlement-core/kernel";
import type { Entitlement as EntitlementRow } from "./generated/rows.ts";
import type { Row } from "./row.ts";
import { toInstant, toInstantOrNull } from "./timestamps.ts";

export function fromEntitlementRow(row: Row<EntitlementRow>): Entitlement {
  return {
    id: row.id as EntitlementId,
    customerId: row.customer_id as CustomerId,
    feature: row.feature as FeatureKey,
    value: row.value as unknown as EntitlementValue,
    activeFrom: toInstant(row.active_from),
    activeTo: toInstantOrNull(row.active_to),
    graceDays: row.grace_days,
    geo: row.geo as GeoRule | null,
    provenance: {
      kind: row.source_kind as Entitlement["provenance"]["kind"],
      orderId: row.order_id as OrderId,
      revision: row.revision,
      lineId: row.line_id,
      offeringVersionId: row.offering_version_id as OfferingVersionId,
      decisionIds: row.decision_ids,
    },
    supersedes: row.supersedes as EntitlementId | null,
  };
}

/** As a member of the JSON list that `insertEntitlements` reads. */
export function toEntitlementRow(entitlement: EntitlementStart & { readonly id: EntitlementId }) {
  const { provenance } = entitlement;
  return {
    id: entitlement.id,
    customer_id: entitlement.customerId,
    feature: entitlement.feature,
    kind: entitlement.value.kind,
    value: entitlement.value,
    active_from: instantToIso(entitlement.activeFrom),
    active_to: entitlement.activeTo === null ? null : instantToIso(entitlement.activeTo),
    grace_days: entitlement.graceDays,
    geo: entitlement.geo,
    source_kind: provenance.kind,
    order_id: provenance.orderId,
    revision: provenance.revision,
    line_id: provenance.lineId,
    offering_version_id: provenance.offeringVersionId,
    decision_ids: provenance.decisionIds,
    supersedes: entitlement.supersedes,
  };
}
