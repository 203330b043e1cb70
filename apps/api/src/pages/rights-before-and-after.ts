import type { OrderForPlanning } from "@usher/database";
import type { Feature, OfferingVersion } from "@usher/entitlement-core/catalog";
import {
  type Entitlement,
  effectiveEntitlement,
  entitlementsFromOrder,
  supersede,
} from "@usher/entitlement-core/entitlement";
import {
  type CustomerId,
  type EntitlementId,
  type Instant,
  termInterval,
} from "@usher/entitlement-core/kernel";
import type { OrderContent } from "@usher/entitlement-core/order";
import type { ApprovalView } from "./approval-page.ts";

/**
 * Each feature the order touches: what the customer may use at the instant, and once the order is
 * granted. `held` is without what the order itself has granted since: a decided task goes on to
 * show what was decided about.
 */
export function rightsBeforeAndAfter({
  found,
  held,
  features,
  versions,
  content,
  revision,
  at,
}: {
  readonly found: OrderForPlanning;
  readonly held: readonly Entitlement[];
  readonly features: readonly Feature[];
  readonly versions: readonly OfferingVersion[];
  readonly content: OrderContent;
  readonly revision: number;
  readonly at: Instant;
}): ApprovalView["changes"] {
  const customerId = found.order.customer?.id ?? ("" as CustomerId);
  const drafts = entitlementsFromOrder({
    content,
    offeringVersions: versions,
    customerId,
    orderId: found.order.id,
    revision,
    decisionIds: [],
  });
  const ofOrder = held.filter((one) => one.provenance.orderId === found.order.id);
  const plan = supersede({ held: ofOrder, drafts, now: at });
  const ends = new Map(plan.end.map((one) => [one.id, one.activeTo]));
  const after: Entitlement[] = [
    ...held.map((one) => ({ ...one, activeTo: ends.get(one.id) ?? one.activeTo })),
    ...plan.start.map((one, index) => ({ ...one, id: `planned-${index}` as EntitlementId })),
  ];
  // Rights that begin later are compared at their beginning.
  const begins = Math.max(
    at,
    ...content.lines.map((line) => termInterval(line.term).from),
  ) as Instant;
  const touched = new Set(drafts.map((draft) => draft.feature));
  return features
    .filter((feature) => touched.has(feature.key))
    .map((feature) => {
      const now = effectText(effectiveEntitlement({ entitlements: held, feature, at }), feature);
      const then = effectText(
        effectiveEntitlement({ entitlements: after, feature, at: begins }),
        feature,
      );
      return { what: feature.name, before: now, after: then, differs: now !== then };
    });
}

function effectText(effective: ReturnType<typeof effectiveEntitlement>, feature: Feature): string {
  if (!effective.isActive) return "nothing";
  switch (feature.kind) {
    case "boolean":
      return "included";
    case "config":
      return effective.value === null
        ? "set"
        : typeof effective.value === "object"
          ? effective.value.join(", ")
          : String(effective.value);
    case "metered":
    case "seat": {
      const unit =
        feature.kind === "seat"
          ? "seats"
          : `${feature.unit}s${effective.reset === "never" ? "" : ` a ${effective.reset}`}`;
      return effective.limit.kind === "limited"
        ? `${effective.limit.amount.toLocaleString("en-US")} ${unit}`
        : effective.limit.kind;
    }
  }
}
