import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import { type Deal, type DealLine, parseDeal } from "@usher/entitlement-core/deal";
import type { Instant } from "@usher/entitlement-core/kernel";
import { instantFromIso } from "@usher/entitlement-core/kernel";
import { aDeal as aRightDeal, aDealLine as aRightLine } from "@usher/entitlement-core/testing";
import type { DealToReceive } from "../deal-to-receive.ts";

export const noon: Instant = instantFromIso("2026-12-01T12:00:00Z");

/** A won deal over 10 GTX Pro at list price for the year 2027. */
export function aDeal(differing: Partial<Deal> = {}): Deal {
  return aRightDeal({ lines: [aDealLine()], ...differing });
}

export function aDealLine(differing: Partial<DealLine> = {}): DealLine {
  return aRightLine({ quantity: "10", ...differing });
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
