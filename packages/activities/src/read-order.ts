import {
  approvalStandingsOf,
  findApprovers,
  loadOrderForPlanning,
  markPublished,
  type OrderForPlanning,
  receiveDeal,
  revisionHashOf,
  type TenantTransaction,
} from "@usher/database";
import {
  type PeopleByStage,
  planApprovalPath,
  skuClassesOf,
} from "@usher/entitlement-core/approval";
import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import { parseDeal } from "@usher/entitlement-core/deal";
import { dateAt, type Instant, type OrderId } from "@usher/entitlement-core/kernel";
import type { ApprovalStandings, BillingCall, OrderFacts } from "@usher/entitlement-core/order";
import type { CatalogMemory } from "./catalog-memory.ts";

export interface OrderReading {
  readonly found: OrderForPlanning;
  readonly catalog: PublishedCatalog;
  readonly facts: OrderFacts;
}

export interface ReadOrderInput {
  readonly orderId: OrderId;
  readonly catalogs: CatalogMemory;
  readonly isBillingConnected: boolean;
  readonly isErpConnected: boolean;
  readonly now: (databaseNow: Instant) => Instant;
}

/**
 * The truth about one order, as `planNextStep` looks at it. A deal that could not be read before
 * is read once more with the newest catalog: that is how a new alias frees the orders that wait
 * for it. Throws when the order does not exist.
 */
export async function readOrder(
  tx: TenantTransaction,
  input: ReadOrderInput,
): Promise<OrderReading> {
  const found = await load(tx, input.orderId);
  const catalog = await input.catalogs.newest(tx, found.catalogVersion);
  const isFreed = found.latest.content === null && (await readAgain(tx, { found, catalog }));
  const current = isFreed ? await load(tx, input.orderId) : found;
  return {
    found: current,
    catalog,
    facts: {
      now: input.now(current.now),
      state: current.order.state,
      latest: current.latest,
      approval: await approvalOf(tx, { found: current, catalog }),
      billing: { isConnected: input.isBillingConnected, billed: madeOf(current, "bill") },
      booking: { isConnected: input.isErpConnected, booked: madeOf(current, "book") },
      // Told beside the run: docs/decisions/2026-11-24-write-back-in-batches.md
      writeBack: null,
      cancelRequest: null,
    },
  };
}

async function load(tx: TenantTransaction, orderId: OrderId): Promise<OrderForPlanning> {
  const found = await loadOrderForPlanning(tx, orderId);
  if (found === null) throw new Error(`There is no order ${orderId} of tenant ${tx.tenantId}.`);
  return found;
}

/** True when the deal reads otherwise by now and that became a revision. */
async function readAgain(
  tx: TenantTransaction,
  { found, catalog }: { readonly found: OrderForPlanning; readonly catalog: PublishedCatalog },
): Promise<boolean> {
  const { order, latest } = found;
  const deal = {
    deal: latest.deal,
    reading: parseDeal({
      deal: latest.deal,
      catalog,
      receivedOn: dateAt({ instant: order.createdAt, timeZone: catalog.timeZone }),
    }),
    receivedFrom: "catalog",
    connectionId: order.connectionId,
    requestedBy: order.requestedBy,
    traceparent: order.traceparent,
    // Not now: it is still the deal as it was read then, and a fresher reading must win.
    readAt: order.sourceReadAt,
  };
  if (revisionHashOf(deal) === latest.revisionHash) return false;
  const outcome = await receiveDeal(tx, deal);
  if (outcome.kind !== "revised" && outcome.kind !== "resumed") return false;
  // The run that would be woken is the one that asks.
  await markPublished(tx, [outcome.outboxId]);
  return true;
}

async function approvalOf(
  tx: TenantTransaction,
  { found, catalog }: { readonly found: OrderForPlanning; readonly catalog: PublishedCatalog },
): Promise<ApprovalStandings | null> {
  const { latest, tasks, decisions, names } = found;
  if (latest.content === null) return null;
  const asked = approvalStandingsOf({ revision: latest.revision, tasks, decisions, names });
  if (asked !== null) return asked;
  const path = planApprovalPath({
    policy: catalog.approvalPolicy,
    content: latest.content,
    facts: {
      isFirstOrderOfCustomer: found.isFirstOrderOfCustomer,
      skuClasses: skuClassesOf(catalog),
    },
  });
  const excludedEmails = excludedFrom(found);
  const people: Record<string, PeopleByStage[string]> = {};
  const allNames: Record<string, string> = { ...names };
  for (const stage of path.stages) {
    const users = await findApprovers(tx, stage.approvers);
    for (const { email, name } of users) allNames[email] = name;
    people[stage.key] = { approverEmails: users.map((user) => user.email), excludedEmails };
  }
  return { path, people, names: allNames, decisions, asked: [] };
}

/** Four eyes: whoever asked for the order, owns its deal or edited it last decides nothing about it. */
export function excludedFrom({ order, latest }: OrderForPlanning): readonly string[] {
  const emails = [order.requestedBy, latest.deal.owner?.email, latest.deal.lastEditor?.email];
  const known = emails.filter((email) => email !== null && email !== undefined);
  return [...new Set(known.filter((email) => email.includes("@")).map((one) => one.toLowerCase()))];
}

/** The kind of record that an ERP holds; every other kind is a bill. */
export const salesOrder = "sales_order";

/** True for a record that this call makes. */
export function isOf(call: BillingCall, { kind }: { readonly kind: string }): boolean {
  return (kind === salesOrder) === (call === "book");
}

/** The newest revision of which this kind of thing stands out there; null: of none. */
function madeOf(
  { order, remoteRecords }: OrderForPlanning,
  call: BillingCall,
): OrderFacts["billing"]["billed"] {
  const standing = remoteRecords.filter((one) => !isTakenBack(one.state) && isOf(call, one));
  const [last] = standing.toSorted((one, other) => other.revision - one.revision);
  if (last === undefined) return null;
  const { state } = order;
  const started = state.phase === "nothing" ? null : state.billing;
  const revisionHash =
    last.revision === order.revision
      ? order.revisionHash
      : started?.revision === last.revision
        ? started.revisionHash
        : // Of an older revision: all that matters is that it is not the newest.
          `revision ${last.revision}`;
  return { revisionHash, currency: last.currency as never };
}

/** States of ours for bills that do not stand any more. */
export const takenBack = "taken back";
export const replaced = "replaced";

function isTakenBack(state: string): boolean {
  return state === takenBack || state === replaced || state === "canceled";
}
