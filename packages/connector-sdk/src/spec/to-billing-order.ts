import type { OfferingVersion } from "@usher/entitlement-core/catalog";
import { instantToIso, termInterval } from "@usher/entitlement-core/kernel";
import type { OrderContent } from "@usher/entitlement-core/order";
import type { BillingOrder } from "./billing-connector.ts";

export interface ToBillingOrderInput {
  readonly orderId: string;
  readonly revision: number;
  readonly customerId: string;
  readonly content: OrderContent;
  readonly offeringVersions: readonly OfferingVersion[];
}

/** An order's content as a billing connector takes it. Throws when a line's offering is not among the given. */
export function toBillingOrder(input: ToBillingOrderInput): BillingOrder {
  const offerings = new Map(input.offeringVersions.map((one) => [one.id, one]));
  const { content } = input;
  return {
    orderId: input.orderId,
    revision: input.revision,
    customer: {
      customerId: input.customerId,
      externalId: content.customer.externalId,
      name: content.customer.name,
      country: content.customer.country,
    },
    currency: content.currency,
    lines: content.lines.map((line) => {
      const offering = offerings.get(line.offeringVersionId);
      if (offering === undefined) {
        throw new Error(
          `Line ${line.lineId} names offering version ${line.offeringVersionId}, which does not exist.`,
        );
      }
      const { from, to } = termInterval(line.term);
      return {
        lineId: line.lineId,
        sku: line.sku,
        name: offering.name,
        quantity: line.quantity,
        unitAmountMinor: line.unitPrice.minor,
        billing: offering.billing,
        startsAtIso: instantToIso(from),
        endsAtIso: instantToIso(to),
        months: line.term.months,
      };
    }),
  };
}
