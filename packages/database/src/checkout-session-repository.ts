import type { Deal } from "@usher/entitlement-core/deal";
import type {
  CheckoutSessionId,
  ConnectionId,
  Instant,
  OrderId,
} from "@usher/entitlement-core/kernel";
import type { OrderContent } from "@usher/entitlement-core/order";
import { sql } from "kysely";
import type { CheckoutSession as CheckoutSessionRow } from "./generated/rows.ts";
import { createId } from "./ids.ts";
import { jsonb } from "./jsonb.ts";
import { type Page, type PageRequest, readCursor, rowsToRead, toPage } from "./page.ts";
import type { Row } from "./row.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDate, toInstant, toInstantOrNull } from "./timestamps.ts";

/**
 * `opening`: the vendor has not answered yet, or its answer was lost. `open`: the page waits for the
 * customer. `pending`: gone through, with a payment that takes days. `completed`: paid, and an order.
 */
export type CheckoutSessionStatus =
  | "opening"
  | "open"
  | "pending"
  | "completed"
  | "failed"
  | "expired";

/** An order that a customer is asked to confirm and pay on a page of the billing system's. */
export interface CheckoutSession {
  readonly id: CheckoutSessionId;
  /** The id its order has, or will have once it is paid. */
  readonly orderId: OrderId;
  readonly connectionId: ConnectionId;
  readonly fingerprint: string;
  readonly deal: Deal;
  readonly content: OrderContent;
  readonly requestedBy: string | null;
  readonly successUrl: string;
  readonly cancelUrl: string;
  readonly status: CheckoutSessionStatus;
  /** The vendor's id of the page; null while it is being opened. */
  readonly remoteId: string | null;
  /** The vendor's id of who pays on it; null while it is being opened. */
  readonly remoteCustomerId: string | null;
  /** Null while it is being opened, and once nobody can pay on it any more. */
  readonly url: string | null;
  readonly expiresAt: Instant | null;
  readonly createdAt: Instant;
}

export interface CheckoutSessionToSave
  extends Pick<
    CheckoutSession,
    | "id"
    | "connectionId"
    | "fingerprint"
    | "deal"
    | "content"
    | "requestedBy"
    | "successUrl"
    | "cancelUrl"
  > {
  readonly idempotencyKey: string;
}

/** Stores what is about to be opened, before the vendor hears of it: so no payment comes for an unknown session. */
export async function saveCheckoutSession(
  tx: TenantTransaction,
  session: CheckoutSessionToSave,
): Promise<CheckoutSession> {
  await tx.db
    .insertInto("checkout_sessions")
    .values({
      id: session.id,
      order_id: createId("order"),
      connection_id: session.connectionId,
      idempotency_key: session.idempotencyKey,
      fingerprint: session.fingerprint,
      deal: jsonb(session.deal) as never,
      content: jsonb(session.content) as never,
      requested_by: session.requestedBy,
      success_url: session.successUrl,
      cancel_url: session.cancelUrl,
    })
    .onConflict((conflict) => conflict.columns(["tenant_id", "idempotency_key"]).doNothing())
    .execute();
  const saved = await findCheckoutSession(tx, { idempotencyKey: session.idempotencyKey });
  if (saved === null) throw new Error(`Checkout session ${session.id} was not stored.`);
  return saved;
}

/** By one of its names; locked until the transaction ends where it is going to be changed. */
export async function findCheckoutSession(
  tx: TenantTransaction,
  by:
    | { readonly id: CheckoutSessionId }
    | { readonly idempotencyKey: string }
    | { readonly orderId: string },
  { locks = false }: { readonly locks?: boolean } = {},
): Promise<CheckoutSession | null> {
  const [column, value] =
    "id" in by
      ? (["id", by.id] as const)
      : "orderId" in by
        ? (["order_id", by.orderId] as const)
        : (["idempotency_key", by.idempotencyKey] as const);
  const query = tx.db.selectFrom("checkout_sessions").selectAll().where(column, "=", value);
  const row = await (locks ? query.forUpdate() : query).executeTakeFirst();
  return row ? fromCheckoutSessionRow(row) : null;
}

/** Newest first. */
export async function listCheckoutSessions(
  tx: TenantTransaction,
  input: PageRequest & { readonly statuses?: readonly CheckoutSessionStatus[] },
): Promise<Page<CheckoutSession>> {
  const before = readCursor(input);
  let query = tx.db
    .selectFrom("checkout_sessions")
    .selectAll()
    .orderBy("id", "desc")
    .limit(rowsToRead(input));
  if (before !== null) query = query.where("id", "<", before);
  if (input.statuses !== undefined) query = query.where("status", "in", [...input.statuses]);
  const rows = await query.execute();
  return toPage({
    rows: rows.map(fromCheckoutSessionRow),
    request: input,
    idOf: ({ id }) => id,
  });
}

/** The vendor has opened the page. What the customer has done since is not taken back by it. */
export async function recordCheckoutPage(
  tx: TenantTransaction,
  page: {
    readonly id: CheckoutSessionId;
    readonly remoteId: string;
    readonly remoteCustomerId: string;
    readonly url: string | null;
    readonly expiresAt: Instant;
  },
): Promise<CheckoutSession> {
  const row = await tx.db
    .updateTable("checkout_sessions")
    .set({
      remote_id: page.remoteId,
      remote_customer_id: page.remoteCustomerId,
      url: page.url,
      expires_at: toDate(page.expiresAt),
      status: sql`case status when 'opening' then 'open' else status end`,
      updated_at: sql`now()`,
    })
    .where("id", "=", page.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return fromCheckoutSessionRow(row);
}

/** What became of the page, by the vendor's own word. */
export async function recordCheckoutStatus(
  tx: TenantTransaction,
  input: {
    readonly id: CheckoutSessionId;
    readonly remoteId: string;
    readonly status: Exclude<CheckoutSessionStatus, "opening" | "open">;
  },
): Promise<void> {
  await tx.db
    .updateTable("checkout_sessions")
    .set({ status: input.status, remote_id: input.remoteId, updated_at: sql`now()` })
    .where("id", "=", input.id)
    .execute();
}

function fromCheckoutSessionRow(row: Row<CheckoutSessionRow>): CheckoutSession {
  const status = row.status as CheckoutSessionStatus;
  const isUsable = status === "opening" || status === "open";
  return {
    id: row.id as CheckoutSessionId,
    orderId: row.order_id as OrderId,
    connectionId: row.connection_id as ConnectionId,
    fingerprint: row.fingerprint,
    deal: row.deal as unknown as Deal,
    content: row.content as unknown as OrderContent,
    requestedBy: row.requested_by,
    successUrl: row.success_url,
    cancelUrl: row.cancel_url,
    status,
    remoteId: row.remote_id,
    remoteCustomerId: row.remote_customer_id,
    url: isUsable ? row.url : null,
    expiresAt: toInstantOrNull(row.expires_at),
    createdAt: toInstant(row.created_at),
  };
}
