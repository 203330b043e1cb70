import type { ConfigValue } from "../catalog/feature.ts";
import type { GeoRule } from "../catalog/offering.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Limit } from "../kernel/limit.ts";
import type { EntitlementDraft, EntitlementValue, MeteredValue } from "./entitlement.ts";

/**
 * True when from `now` on both grant the same from the same thing sold. Which revision and which
 * decisions let it through may differ: a right that an amendment did not touch keeps naming the
 * revision it came from. Starts in the past are alike, since access is never changed backwards.
 */
export function isSameRight(
  held: EntitlementDraft,
  draft: EntitlementDraft,
  now: Instant,
): boolean {
  return (
    held.customerId === draft.customerId &&
    held.feature === draft.feature &&
    held.provenance.kind === draft.provenance.kind &&
    held.provenance.orderId === draft.provenance.orderId &&
    held.provenance.lineId === draft.provenance.lineId &&
    held.provenance.offeringVersionId === draft.provenance.offeringVersionId &&
    Math.max(held.activeFrom, now) === Math.max(draft.activeFrom, now) &&
    held.activeTo === draft.activeTo &&
    held.graceDays === draft.graceDays &&
    isSameGeo(held.geo, draft.geo) &&
    isSameValue(held.value, draft.value)
  );
}

export function isSameValue(one: EntitlementValue, other: EntitlementValue): boolean {
  switch (one.kind) {
    case "boolean":
      return other.kind === "boolean";
    case "config":
      return other.kind === "config" && isSameConfig(one.value, other.value);
    case "seat":
      return (
        other.kind === "seat" &&
        isSameLimit(one.limit, other.limit) &&
        one.enforcement === other.enforcement
      );
    case "metered":
      return other.kind === "metered" && isSameMetered(one, other);
  }
}

function isSameMetered(one: MeteredValue, other: MeteredValue): boolean {
  return (
    isSameLimit(one.limit, other.limit) &&
    one.reset === other.reset &&
    one.enforcement === other.enforcement &&
    isSameLimit(one.rollover?.max ?? { kind: "none" }, other.rollover?.max ?? { kind: "none" }) &&
    one.anchor?.at === other.anchor?.at &&
    one.anchor?.timeZone === other.anchor?.timeZone
  );
}

function isSameLimit(one: Limit, other: Limit): boolean {
  if (one.kind !== "limited" || other.kind !== "limited") return one.kind === other.kind;
  return one.amount === other.amount;
}

function isSameConfig(one: ConfigValue, other: ConfigValue): boolean {
  if (typeof one !== "object" || typeof other !== "object") return one === other;
  return isSameList(one, other);
}

function isSameGeo(one: GeoRule | null, other: GeoRule | null): boolean {
  if (one === null || other === null) return one === other;
  return one.mode === other.mode && isSameList(one.countries, other.countries);
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((member, index) => member === other[index]);
}
