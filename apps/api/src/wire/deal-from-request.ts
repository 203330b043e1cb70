import type { CreateOrder } from "@usher/api-contract";
import type { Deal, DealPerson } from "@usher/entitlement-core/deal";

/** An order request as the deal it tells of; what it means is decided where every deal is read: `parseDeal`. */
export function dealFromRequest({
  body,
  sender,
}: {
  readonly body: CreateOrder;
  /** The user whose key sent it, if any: they may not approve it. */
  readonly sender: DealPerson | null;
}): Deal {
  return {
    system: body.source.system,
    id: body.source.id,
    version: body.source.version,
    name: body.name ?? body.source.id,
    isWon: true,
    kind: body.kind,
    currency: body.currency,
    account: {
      id: body.customer.external_id,
      name: body.customer.name,
      country: body.customer.country ?? null,
    },
    owner: body.owner ?? null,
    lastEditor: sender,
    lines: body.lines.map((line) => ({
      id: line.line_id,
      productCode: line.sku,
      productName: line.sku,
      quantity: String(line.quantity),
      unitPrice: line.unit_price.amount,
      currency: line.unit_price.currency ?? null,
      startsOn: line.term.starts_on,
      months: line.term.months,
      endsOn: null,
    })),
  };
}
