import type { Deal, DealLine } from "../deal/deal.ts";
import { parseDeal } from "../deal/parse-deal.ts";
import type { OrderContent } from "../order/order-content.ts";
import { published } from "./a-catalog.ts";

/** A line that is right in every way: 250 seats of GTX Pro at list price for a year. */
export function aDealLine(differing: Partial<DealLine> = {}): DealLine {
  return {
    id: "00kLine1",
    productCode: "GTX-PRO",
    productName: "GTX Pro",
    quantity: "250",
    unitPrice: "550.00",
    currency: null,
    startsOn: "2027-01-01",
    months: 12,
    endsOn: null,
    ...differing,
  };
}

/** A deal that is right in every way. */
export function aDeal(differing: Partial<Deal> = {}): Deal {
  return {
    system: "salesforce",
    id: "006Deal1",
    version: "1",
    name: "Acme Pro",
    isWon: true,
    kind: "new",
    currency: "USD",
    account: { id: "001Acme", name: "Acme", country: "DE" },
    owner: { email: "olga@seller.example", name: "Olga Owner" },
    lastEditor: { email: "eric@seller.example", name: "Eric Editor" },
    lines: [aDealLine()],
    ...differing,
  };
}

/** The content of a deal that has to be right. */
export function contentOf(deal: Deal = aDeal()): OrderContent {
  const parsed = parseDeal({ deal, catalog: published() });
  if (!parsed.ok) throw new Error(parsed.faults.map(({ sentence }) => sentence).join("\n"));
  return parsed.content;
}

/** Content with one line sold at this unit price. */
export function contentAt(unitPrice: string, line: Partial<DealLine> = {}): OrderContent {
  return contentOf(aDeal({ lines: [aDealLine({ ...line, unitPrice })] }));
}
