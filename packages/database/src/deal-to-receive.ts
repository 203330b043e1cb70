import { hash } from "node:crypto";
import { type Deal, type DealFault, hashDeal } from "@usher/entitlement-core/deal";
import {
  type ConnectionId,
  type Instant,
  instantToIso,
  type OrderId,
  termInterval,
} from "@usher/entitlement-core/kernel";
import { hashOrderContent, type OrderContent, type OrderLine } from "@usher/entitlement-core/order";
import type { CustomerToSave } from "./customer-repository.ts";

/** What `parseDeal` made of the deal. */
export type DealReading =
  | { readonly ok: true; readonly content: OrderContent }
  | { readonly ok: false; readonly faults: readonly [DealFault, ...DealFault[]] };

/** A deal as it was just read, from wherever: REST, an inbox message or an import. */
export interface DealToReceive {
  readonly deal: Deal;
  readonly reading: DealReading;
  /** The id that was promised to its order, such as to a checkout; left out: a new one. */
  readonly orderId?: OrderId;
  /** Where it came in, such as `rest`, `inbox`, `checkout` or `import`. */
  readonly receivedFrom: string;
  /** The connection it was read through; null for REST. */
  readonly connectionId: ConnectionId | null;
  /** Who asked for the order, where a person or key did: they cannot approve it. */
  readonly requestedBy: string | null;
  readonly traceparent: string | null;
  /**
   * When the deal was read (`claimInbox` answers it). A reading older than the one an order
   * already has changes nothing: it was overtaken.
   */
  readonly readAt: Instant;
}

/**
 * What a revision is recognized by. Of a good reading it is the content's hash, which approvals
 * bind to; of a faulty one the hash of the deal and of what is wrong with it, since a changed
 * catalog may take away one fault of several.
 */
export function revisionHashOf({ deal, reading }: Pick<DealToReceive, "deal" | "reading">): string {
  if (reading.ok) return hashOrderContent(reading.content);
  return hash("sha256", `${hashDeal(deal)} ${JSON.stringify(reading.faults)}`);
}

/** The customer the deal is for; null when it names none that could be stored. */
export function customerOf({ deal, reading }: DealToReceive): CustomerToSave | null {
  if (reading.ok) return reading.content.customer;
  if (deal.account === null || deal.account.id === "") return null;
  const { id, name, country } = deal.account;
  return {
    externalId: id,
    name: name === "" ? id : name,
    country: country !== null && /^[A-Z]{2}$/.test(country) ? country : null,
  };
}

/** What the order's row takes over from its newest deal. */
export function factsOf({ deal, reading }: DealToReceive) {
  const currency = reading.ok ? reading.content.currency : deal.currency;
  return {
    kind: reading.ok ? reading.content.kind : deal.kind,
    deal_name: reading.ok ? reading.content.dealName : deal.name,
    currency: currency !== null && /^[A-Z]{3}$/.test(currency) ? currency : null,
    owner: deal.owner,
    source_version: deal.version,
    deal,
    content: reading.ok ? reading.content : null,
    faults: reading.ok ? [] : reading.faults,
    lines: reading.ok ? reading.content.lines.map(toLineRow) : [],
  };
}

function toLineRow(line: OrderLine) {
  const { from, to } = termInterval(line.term);
  return {
    line_id: line.lineId,
    sku: line.sku,
    offering_version_id: line.offeringVersionId,
    product_code: line.productCode,
    quantity: line.quantity,
    unit_price_minor: line.unitPrice.minor,
    list_price_minor: line.listPrice?.minor ?? null,
    currency: line.unitPrice.currency,
    starts_on: line.term.startsOn,
    months: line.term.months,
    time_zone: line.term.timeZone,
    active_from: instantToIso(from),
    active_to: instantToIso(to),
  };
}
