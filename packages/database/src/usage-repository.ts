import type { FeatureKey } from "@usher/entitlement-core/catalog";
import type { CustomerId, Instant } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDate, toDateOrNull } from "./timestamps.ts";

/** One thing that was consumed. (source, eventId) is its identity for good. */
export interface UsageEvent {
  readonly source: string;
  readonly eventId: string;
  readonly customerId: CustomerId;
  readonly feature: FeatureKey;
  /** Whole and not negative. */
  readonly quantity: number;
  readonly occurredAt: Instant;
}

export interface UsageIngested {
  /** The events that count now, in no order. */
  readonly accepted: readonly { readonly source: string; readonly eventId: string }[];
  /** How many were known before, or came twice in this call. */
  readonly duplicates: number;
}

/** Stores events once and adds them to the hourly totals, in one statement for any number of them. */
export async function ingestUsage(
  tx: TenantTransaction,
  events: readonly UsageEvent[],
): Promise<UsageIngested> {
  if (events.length === 0) return { accepted: [], duplicates: 0 };
  const { rows } = await sql<{ source: string; event_id: string }>`
    with fresh as (
      insert into usage_events (source, event_id, customer_id, feature, quantity, occurred_at)
        select * from unnest(
            ${events.map((one) => one.source)}::text[], ${events.map((one) => one.eventId)}::text[],
            ${events.map((one) => one.customerId)}::text[], ${events.map((one) => one.feature)}::text[],
            ${events.map((one) => one.quantity)}::bigint[],
            ${events.map((one) => toDate(one.occurredAt))}::timestamptz[])
            as i (source, event_id, customer_id, feature, quantity, occurred_at)
          order by source, event_id
        on conflict (tenant_id, source, event_id) do nothing
        returning source, event_id, customer_id, feature, quantity, occurred_at
    ), added as (
      insert into usage_totals as t (customer_id, feature, period_start, quantity)
        select customer_id, feature, date_trunc('hour', occurred_at, 'UTC'), sum(quantity)
          from fresh group by 1, 2, 3 order by 1, 2, 3
        on conflict (tenant_id, customer_id, feature, period_start)
          do update set quantity = t.quantity + excluded.quantity
    )
    select source, event_id from fresh`.execute(tx.db);
  return {
    accepted: rows.map((row) => ({ source: row.source, eventId: row.event_id })),
    duplicates: events.length - rows.length,
  };
}

export interface UsageQuestion {
  readonly customerId: CustomerId;
  readonly feature: FeatureKey;
  readonly from: Instant;
  /** Exclusive; null: up to now and beyond. */
  readonly to: Instant | null;
}

/**
 * What was used in `[from, to)`, exactly, answered in the order asked: whole hours from the totals,
 * the parts of hours at both edges from the events.
 */
export async function usageBetween(
  tx: TenantTransaction,
  questions: readonly UsageQuestion[],
): Promise<readonly number[]> {
  if (questions.length === 0) return [];
  const { rows } = await sql<{ used: number }>`
    with questions as (
      select q.*, least(date_bin('1 hour', q.since + interval '1 hour - 1 microsecond', 'epoch'),
            coalesce(q.until, 'infinity')) as first_hour,
          case when q.until is null then 'infinity'
            else greatest(date_bin('1 hour', q.until, 'epoch'), q.since) end as last_hour
        from unnest(
          ${questions.map((one) => one.customerId)}::text[], ${questions.map((one) => one.feature)}::text[],
          ${questions.map((one) => toDate(one.from))}::timestamptz[],
          ${questions.map((one) => toDateOrNull(one.to))}::timestamptz[])
          with ordinality as q (customer_id, feature, since, until, place)
    )
    select (
        coalesce((select sum(t.quantity) from usage_totals t
          where t.customer_id = q.customer_id and t.feature = q.feature
            and t.period_start >= q.first_hour and t.period_start < q.last_hour), 0)
        + coalesce((select sum(e.quantity) from usage_events e
          where e.customer_id = q.customer_id and e.feature = q.feature
            and e.occurred_at >= q.since and e.occurred_at < q.first_hour), 0)
        + coalesce((select sum(e.quantity) from usage_events e
          where e.customer_id = q.customer_id and e.feature = q.feature
            and e.occurred_at >= greatest(q.last_hour, q.first_hour)
            and e.occurred_at < coalesce(q.until, 'infinity')), 0)
      )::bigint as used
      from questions q order by q.place`.execute(tx.db);
  return rows.map((row) => row.used);
}
