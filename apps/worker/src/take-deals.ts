import type { AtFailpoint, CallVendor } from "@usher/activities";
import {
  type Database,
  findKnownDeals,
  finishInbox,
  type KnownDeal,
  loadPublishedCatalog,
  lockOrder,
  receiveDeals,
  recordOrderCommand,
  type TenantTransaction,
} from "@usher/database";
import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import { type Deal, dealGoneProblem, parseDeal } from "@usher/entitlement-core/deal";
import { type ConnectionId, dateAt, type Instant } from "@usher/entitlement-core/kernel";
import type { InboxBatch } from "./inbox-dispatcher.ts";

export interface TakeDealsDependencies {
  readonly database: Database;
  readonly callVendor: CallVendor;
  readonly atFailpoint: AtFailpoint;
  /** New outbox messages are waiting. */
  readonly onTaken: () => void;
}

const readTimeoutMs = 60_000;

/**
 * Re-reads the announced deals at their source, in one call, and takes them as orders or
 * revisions in one transaction that also ends their messages. What was announced is never
 * believed. A deal that was never won makes no order; one that is not won any more, or is gone,
 * stands its order at Action needed.
 */
export function createTakeDeals(deps: TakeDealsDependencies) {
  const catalogs = new Map<string, PublishedCatalog>();

  return async (batch: InboxBatch): Promise<void> => {
    const { tenantId, vendor, messages, claimedAt, signal } = batch;
    const { crm } = vendor;
    if (crm === null) throw new Error(`Connection ${vendor.connectionId} is no CRM.`);
    const dealIds = [...new Set(messages.flatMap((one) => one.dealId ?? []))];
    const read = await deps.callVendor({
      tenantId,
      vendor,
      operation: "readDeals",
      idempotencyKey: `read:${messages[0].id}`,
      timeoutMs: readTimeoutMs,
      signal,
      call: (context) => crm.readDeals({ dealIds }, context),
    });
    deps.atFailpoint("inbox.after-read");
    await deps.database.withTenant({ tenantId }, async (tx) => {
      const catalog = await loadPublishedCatalog(tx, { known: catalogs.get(tenantId) ?? null });
      if (catalog === null) {
        throw new Error("No catalog is published yet: `usher catalog push` publishes one.");
      }
      catalogs.set(tenantId, catalog);
      const known = await findKnownDeals(tx, { system: vendor.vendor, dealIds });
      await receiveDeals(
        tx,
        read
          .filter((deal) => deal.isWon || known.has(deal.id))
          .map((deal) => ({
            deal,
            reading: parseDeal({
              deal,
              catalog,
              receivedOn: dayOf(deal, known, catalog, claimedAt),
            }),
            receivedFrom: "inbox",
            connectionId: vendor.connectionId as ConnectionId,
            requestedBy: null,
            traceparent: null,
            readAt: claimedAt,
          })),
      );
      const found = new Set(read.map((deal) => deal.id));
      for (const dealId of dealIds) {
        const order = found.has(dealId) ? undefined : known.get(dealId);
        if (order !== undefined) {
          await reportGone(tx, { order, system: vendor.vendor, dealId, now: claimedAt });
        }
      }
      await finishInbox(tx, { ids: messages.map((one) => one.id), outcome: "processed" });
    });
    deps.atFailpoint("inbox.after-take");
    deps.onTaken();
  };
}

/** The day the hub first took the deal, in the seller's time zone: the same for all its revisions. */
function dayOf(
  deal: Deal,
  known: ReadonlyMap<string, KnownDeal>,
  { timeZone }: PublishedCatalog,
  now: Instant,
) {
  return dateAt({ instant: known.get(deal.id)?.firstReceivedAt ?? now, timeZone });
}

async function reportGone(
  tx: TenantTransaction,
  input: {
    readonly order: KnownDeal;
    readonly system: string;
    readonly dealId: string;
    readonly now: Instant;
  },
): Promise<void> {
  const order = await lockOrder(tx, input.order.orderId);
  if (order === null) return;
  const problem = dealGoneProblem({
    gone: "deal",
    system: input.system,
    dealId: input.dealId,
    dealName: order.dealName,
  });
  // Refused where it changes nothing any more: a canceled order's deal may well be deleted.
  await recordOrderCommand(tx, {
    order,
    command: { type: "report-problem", problem },
    actor: input.system,
    now: input.now,
    outbox: [{ topic: "order.wake", key: order.id, payload: { because: "revision" } }],
  });
}
