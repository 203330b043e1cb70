import type { OrderContent, OrderLine } from "../order/order-content.ts";
import type { Deal } from "./deal.ts";
import { hashDeal } from "./hash-deal.ts";
import type { ParsedDeal } from "./parse-deal.ts";
import { readText } from "./read-text.ts";

/**
 * A fresh reading of a deal that was read before, without what only the catalog changed since. A deal
 * that says the same is the same, whatever is published by now. Once a customer has access, a line
 * that names the same product keeps the offering version and the list price it was sold with.
 */
export function keepWhatWasSold({
  before,
  deal,
  reading,
  hasAccess,
}: {
  readonly before: { readonly deal: Deal; readonly content: OrderContent };
  readonly deal: Deal;
  readonly reading: ParsedDeal;
  readonly hasAccess: boolean;
}): ParsedDeal {
  if (hashDeal(before.deal) === hashDeal(deal)) return { ok: true, content: before.content };
  if (!reading.ok || !hasAccess) return reading;
  const [first, ...others] = reading.content.lines;
  const asSold = (line: OrderLine) => keepLine({ line, before, deal });
  return {
    ok: true,
    content: { ...reading.content, lines: [asSold(first), ...others.map(asSold)] },
  };
}

function keepLine({
  line,
  before,
  deal,
}: {
  readonly line: OrderLine;
  readonly before: { readonly deal: Deal; readonly content: OrderContent };
  readonly deal: Deal;
}): OrderLine {
  const sold = before.content.lines.find(({ lineId }) => lineId === line.lineId);
  if (sold === undefined || sold.productCode !== line.productCode) return line;
  if (sold.unitPrice.currency !== line.unitPrice.currency) return line;
  const isTermAsSaid = saidTerm(deal, line) === saidTerm(before.deal, line);
  return {
    ...line,
    sku: sold.sku,
    offeringVersionId: sold.offeringVersionId,
    listPrice: sold.listPrice,
    // What the line leaves open about its term was filled in by the offering then.
    term: isTermAsSaid ? sold.term : { ...line.term, timeZone: sold.term.timeZone },
  };
}

/** Everything in the deal that a line's term is read from. */
function saidTerm({ lines, closedOn }: Deal, { lineId }: OrderLine): string {
  const line = lines.find(({ id }) => readText(id) === lineId);
  return JSON.stringify([closedOn ?? null, line?.startsOn, line?.months, line?.endsOn]);
}
