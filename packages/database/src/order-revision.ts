import type { Deal, DealFault } from "@usher/entitlement-core/deal";
import type { Instant } from "@usher/entitlement-core/kernel";
import type { LatestRevision, OrderContent } from "@usher/entitlement-core/order";
import type { OrderRevision as OrderRevisionRow } from "./generated/rows.ts";
import type { Row } from "./row.ts";
import { toInstant } from "./timestamps.ts";

/** One revision with the deal it was read from. */
export interface OrderRevision extends LatestRevision {
  readonly deal: Deal;
  readonly receivedAt: Instant;
  readonly receivedFrom: string;
}

export function fromOrderRevisionRow(row: Row<OrderRevisionRow>): OrderRevision {
  return {
    revision: row.revision,
    revisionHash: row.content_hash,
    dealVersion: row.source_version,
    deal: row.deal as unknown as Deal,
    content: row.content as unknown as OrderContent | null,
    faults: row.faults as unknown as readonly DealFault[],
    receivedAt: toInstant(row.received_at),
    receivedFrom: row.received_from,
  };
}
