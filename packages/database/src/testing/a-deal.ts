import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import { type Deal, type DealLine, parseDeal } from "@usher/entitlement-core/deal";
import type { Instant } from "@usher/entitlement-core/kernel";
import { instantFromIso } from "@usher/entitlement-core/kernel";
import type { DealToReceive } from "../deal-to-receive.ts";

export const noon: Instant = instantFromIso("2026-12-01T12:00:00Z");

/** A won deal over 10 GTX Pro at list price for the year 2027. */
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

export function aDealLine(differing: Partial<DealLine> = {}): DealLine {
  return {
    id: "00kLine1",
    productCode: "GTX-PRO",
    productName: "GTX Pro",
    quantity: "10",
    unitPrice: "550.00",
    currency: null,
    startsOn: "2027-01-01",
    months: 12,
    endsOn: null,
    ...differing,
  };
}

/** The deal as read by this catalog at noon. */
export function received(
  catalog: PublishedCatalog,
  deal: Deal = aDeal(),
  differing: Partial<DealToReceive> = {},
): DealToReceive {
  return {
    deal,
    reading: parseDeal({ deal, catalog }),
    receivedFrom: "inbox",
    connectionId: null,
    requestedBy: null,
    traceparent: null,
    readAt: noon,
    ...differing,
  };
}
