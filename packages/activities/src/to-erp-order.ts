import type { ErpOrder } from "@usher/connector-sdk/spec";
import type { OfferingVersion } from "@usher/entitlement-core/catalog";
import type { OrderContent } from "@usher/entitlement-core/order";

export interface ToErpOrderInput {
  readonly orderId: string;
  readonly revision: number;
  readonly customerId: string;
  /** Of an earlier booking on this connection. */
  readonly remoteCustomerId: string | null;
  readonly content: OrderContent;
  readonly offeringVersions: readonly OfferingVersion[];
}

/** An order's content as an ERP connector takes it. Throws when a line's offering is not among the given. */
export function toErpOrder(input: ToErpOrderInput): ErpOrder {
  const offerings = new Map(input.offeringVersions.map((one) => [one.id, one]));
  const { content } = input;
  const { externalId, name, country } = content.customer;
  return {
    orderId: input.orderId,
    revision: input.revision,
    customer: {
      customerId: input.customerId,
      externalId,
      name,
      country,
      remoteCustomerId: input.remoteCustomerId,
    },
    currency: content.currency,
    lines: content.lines.map((line) => {
      const offering = offerings.get(line.offeringVersionId);
      if (offering === undefined) {
        throw new Error(
          `Line ${line.lineId} names offering version ${line.offeringVersionId}, which does not exist.`,
        );
      }
      return {
        lineId: line.lineId,
        sku: line.sku,
        name: offering.name,
        quantity: line.quantity,
        unitAmountMinor: line.unitPrice.minor,
        startsOn: line.term.startsOn,
        months: line.term.months,
      };
    }),
  };
}
