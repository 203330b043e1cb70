import type {
  Entitlement,
  EntitlementStart,
  Supersession,
} from "@usher/entitlement-core/entitlement";
import type { CustomerId, EntitlementId, OrderId } from "@usher/entitlement-core/kernel";
import { instantToIso } from "@usher/entitlement-core/kernel";
import { type RawBuilder, sql } from "kysely";
import { fromEntitlementRow, toEntitlementRow } from "./entitlement-row.ts";
import type { Entitlement as EntitlementRow } from "./generated/rows.ts";
import { createId } from "./ids.ts";
import { jsonb } from "./jsonb.ts";
import type { Row } from "./row.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";

/**
 * Ends and starts rights as planned. Answers what was started, with its ids. One NOTIFY
 * `usher_rights` a customer leaves right after the commit.
 *
 * @throws when a right would overlap another of the same order line and feature, or when an end
 * would move to a later instant: the database refuses both.
 */
export async function applySupersession(
  tx: TenantTransaction,
  { end, start }: Pick<Supersession, "end" | "start">,
): Promise<readonly Entitlement[]> {
  await endEntitlements(tx, end);
  const started = withIds(start);
  if (started.length > 0) await insertingEntitlements(started).execute(tx.db);
  return started;
}

/** The end of a right moves earlier; those that are named and unknown make it fail. */
export async function endEntitlements(
  tx: TenantTransaction,
  ends: Supersession["end"],
): Promise<void> {
  if (ends.length === 0) return;
  const rows = ends.map(({ id, activeTo }) => ({ id, active_to: instantToIso(activeTo) }));
  const result = await sql`
    update entitlements e set active_to = i.active_to
      from jsonb_to_recordset(${jsonb(rows)}) as i (id text, active_to timestamptz) where e.id = i.id`.execute(
    tx.db,
  );
  if (Number(result.numAffectedRows ?? 0n) !== ends.length) {
    throw new Error("A right that should end does not exist.");
  }
}

export function withIds(starts: readonly EntitlementStart[]): readonly Entitlement[] {
  return starts.map((start) => ({ ...start, id: createId("entitlement") }));
}

/** A whole INSERT, also fit for a WITH list. */
export function insertingEntitlements(started: readonly Entitlement[]): RawBuilder<unknown> {
  return sql`
    insert into entitlements (id, customer_id, feature, kind, value, active_from, active_to, grace_days, geo,
        source_kind, order_id, revision, line_id, offering_version_id, decision_ids, supersedes)
      select * from jsonb_to_recordset(${jsonb(started.map(toEntitlementRow))}) as i (id text, customer_id text,
        feature text, kind text, value jsonb, active_from timestamptz, active_to timestamptz, grace_days int,
        geo jsonb, source_kind text, order_id text, revision int, line_id text, offering_version_id text,
        decision_ids text[], supersedes text)`;
}

/**
 * Every right of these customers, ended ones included: an answer for a past instant, or why there
 * is none now, needs them. The fold over an instant is `effectiveEntitlement`'s.
 */
export async function entitlementsOfCustomers(
  tx: TenantTransaction,
  customerIds: readonly CustomerId[],
): Promise<readonly Entitlement[]> {
  const { rows } = await sql<Row<EntitlementRow>>`
    select * from entitlements where customer_id = any (${[...customerIds]}::text[])
      order by customer_id, feature, id`.execute(tx.db);
  return rows.map(fromEntitlementRow);
}

/** What an order's lines ever granted: `held` of `supersede`. */
export async function entitlementsOfOrder(
  tx: TenantTransaction,
  orderId: OrderId,
): Promise<readonly Entitlement[]> {
  const { rows } = await sql<Row<EntitlementRow>>`
    select * from entitlements where order_id = ${orderId} order by id`.execute(tx.db);
  return rows.map(fromEntitlementRow);
}

export interface EntitlementPage {
  readonly entitlements: readonly Entitlement[];
  /** Give it as `after` for the next page; null on the last. */
  readonly last: EntitlementId | null;
}

/**
 * A page of all rights of the tenant, by id, for loading a check table. Take `rightsHorizon` before
 * the first page: what changes while the pages are read is then found by `rightsChangedSince`.
 */
export async function entitlementPage(
  tx: TenantTransaction,
  { after, limit }: { readonly after: EntitlementId | null; readonly limit: number },
): Promise<EntitlementPage> {
  const { rows } = await sql<Row<EntitlementRow>>`
    select * from entitlements where id > ${after ?? ""} order by id limit ${limit}`.execute(tx.db);
  const entitlements = rows.map(fromEntitlementRow);
  const isLast = rows.length < limit;
  return { entitlements, last: isLast ? null : (entitlements.at(-1)?.id ?? null) };
}

/** The point from which on changes may still be unseen by this transaction. */
export async function rightsHorizon(tx: TenantTransaction): Promise<number> {
  const { rows } = await sql<{ horizon: number }>`
    select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon`.execute(tx.db);
  if (!rows[0]) throw new Error("PostgreSQL gave no snapshot.");
  return rows[0].horizon;
}

export interface RightsChanges {
  readonly customerIds: readonly CustomerId[];
  /** Give it as `since` the next time. */
  readonly next: number;
}

/**
 * Customers whose rights were written since `since` (an earlier `next` or `rightsHorizon`). It
 * never misses one, however late its transaction committed; it may name one twice. A lost NOTIFY
 * is made good by asking this once a second.
 */
export async function rightsChangedSince(
  tx: TenantTransaction,
  { since }: { readonly since: number },
): Promise<RightsChanges> {
  const { rows } = await sql<{ next: number; customers: readonly CustomerId[] }>`
    select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as next,
      coalesce((select array_agg(distinct customer_id) from entitlements where change_id >= ${since}), '{}')
        as customers`.execute(tx.db);
  const [row] = rows;
  if (!row) throw new Error("PostgreSQL gave no snapshot.");
  return { customerIds: row.customers, next: row.next };
}
