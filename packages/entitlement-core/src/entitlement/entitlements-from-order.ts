import type { EntitlementTemplate, OfferingVersion, TemplateAmount } from "../catalog/offering.ts";
import type { CustomerId, OrderId } from "../kernel/ids.ts";
import { type Limit, limitOf } from "../kernel/limit.ts";
import { type TermInterval, termInterval } from "../kernel/term.ts";
import type { OrderContent, OrderLine } from "../order/order-content.ts";
import type { EntitlementDraft, EntitlementValue } from "./entitlement.ts";

/**
 * The rights an order asks for: one per line and template, over the line's term in the contract's
 * zone, with per-quantity amounts multiplied. A `cancel` order asks for none.
 * Throws when a line's offering version was not handed over, names a feature twice, or when an
 * amount times the quantity is beyond what an integer can hold.
 */
export function entitlementsFromOrder({
  content,
  offeringVersions,
  customerId,
  orderId,
  revision,
  decisionIds,
}: {
  readonly content: OrderContent;
  readonly offeringVersions: readonly OfferingVersion[];
  readonly customerId: CustomerId;
  readonly orderId: OrderId;
  readonly revision: number;
  readonly decisionIds: readonly string[];
}): readonly EntitlementDraft[] {
  if (content.kind === "cancel") return [];
  const versions = new Map(offeringVersions.map((version) => [version.id, version]));
  return content.lines.flatMap((line) => {
    const offering = versions.get(line.offeringVersionId);
    if (offering === undefined) {
      throw new Error(
        `Line ${line.lineId} names offering version ${line.offeringVersionId}, which was not given to entitlementsFromOrder.`,
      );
    }
    refuseDoubles(offering);
    const term = termInterval(line.term);
    return offering.entitlements.map(
      (template): EntitlementDraft => ({
        customerId,
        feature: template.feature,
        value: valueFor({ template, line, term }),
        activeFrom: term.from,
        activeTo: term.to,
        graceDays: template.graceDays,
        geo: template.geo,
        provenance: {
          kind: "order-line",
          orderId,
          revision,
          lineId: line.lineId,
          offeringVersionId: offering.id,
          decisionIds,
        },
      }),
    );
  });
}

function valueFor({
  template,
  line,
  term,
}: {
  readonly template: EntitlementTemplate;
  readonly line: OrderLine;
  readonly term: TermInterval;
}): EntitlementValue {
  switch (template.kind) {
    case "boolean":
      return { kind: "boolean" };
    case "config":
      return { kind: "config", value: template.value };
    case "metered":
      return {
        kind: "metered",
        limit: limitFor(template.amount, line),
        reset: template.reset,
        rollover: template.rollover,
        enforcement: template.enforcement,
        anchor: { at: term.from, timeZone: line.term.timeZone },
      };
    case "seat":
      return {
        kind: "seat",
        limit: limitFor(template.amount, line),
        enforcement: template.enforcement,
      };
  }
}

function limitFor(amount: TemplateAmount, line: OrderLine): Limit {
  if (amount.basis === "fixed") return amount.limit;
  const total = amount.amount * line.quantity;
  if (!Number.isSafeInteger(total)) {
    throw new RangeError(
      `Line ${line.lineId} asks for ${line.quantity} × ${amount.amount}, which is more than ${Number.MAX_SAFE_INTEGER}.`,
    );
  }
  return limitOf(total);
}

/** The books hold one right per line and feature; the catalog's own check refuses this earlier. */
function refuseDoubles(offering: OfferingVersion): void {
  const features = new Set<string>();
  for (const { feature } of offering.entitlements) {
    if (features.has(feature)) {
      throw new Error(`Offering version ${offering.id} (${offering.sku}) grants ${feature} twice.`);
    }
    features.add(feature);
  }
}
