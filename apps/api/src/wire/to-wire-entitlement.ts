import type { WireBreakdownEntry, WireEffectiveEntitlement } from "@usher/api-contract";
import type { BreakdownEntry, EffectiveEntitlement } from "@usher/entitlement-core/entitlement";
import type { Limit } from "@usher/entitlement-core/kernel";
import { toWireInstant, toWireInstantOrNull } from "./to-wire-instant.ts";

/** `none`, `unlimited` or a number: three states, none of them null. */
export function toWireLimit(limit: Limit): number | "none" | "unlimited" {
  return limit.kind === "limited" ? limit.amount : limit.kind;
}

export function toWireBreakdownEntry({ entitlement, inGrace }: BreakdownEntry): WireBreakdownEntry {
  const { value, provenance } = entitlement;
  return {
    entitlement_id: entitlement.id,
    source_kind: provenance.kind,
    order_id: provenance.orderId,
    revision: provenance.revision,
    line_id: provenance.lineId,
    offering_version_id: provenance.offeringVersionId,
    decision_ids: [...provenance.decisionIds],
    limit:
      value.kind === "metered" || value.kind === "seat" ? toWireLimit(value.limit) : "unlimited",
    value: value.kind === "config" ? copyValue(value.value) : null,
    active_from: toWireInstant(entitlement.activeFrom),
    active_until: toWireInstantOrNull(entitlement.activeTo),
    in_grace: inGrace,
  };
}

export function toWireEffectiveEntitlement(
  effective: EffectiveEntitlement,
): WireEffectiveEntitlement {
  return {
    feature: effective.feature,
    kind: effective.kind,
    is_active: effective.isActive,
    in_grace: effective.inGrace,
    limit: toWireLimit(effective.limit),
    value: effective.value === null ? null : copyValue(effective.value),
    enforcement: effective.enforcement,
    reset: effective.reset,
    rollover: toWireLimit(effective.rollover),
    valid_until: toWireInstantOrNull(effective.validUntil),
    fail_policy: effective.failPolicy,
    geo: effective.geo.map((rule) => ({ mode: rule.mode, countries: [...rule.countries] })),
    breakdown: effective.breakdown.map(toWireBreakdownEntry),
  };
}

function copyValue<Value>(value: Value): Value extends readonly (infer Item)[] ? Item[] : Value {
  return (Array.isArray(value) ? [...value] : value) as never;
}
