import { type Kysely, sql } from "kysely";
import { allow, appendOnly, ownRowsOnly, tenantColumn } from "./rules.ts";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create table usage_events (
      ${tenantColumn} references tenants (id),
      source text not null,
      event_id text not null,
      customer_id text not null,
      feature text not null,
      quantity bigint not null check (quantity >= 0),
      occurred_at timestamptz not null,
      received_at timestamptz not null default now(),
      -- The CloudEvents identity: source and id.
      primary key (tenant_id, source, event_id),
      foreign key (tenant_id, customer_id) references customers (tenant_id, id)
    );
    create index usage_events_by_time on usage_events (tenant_id, customer_id, feature, occurred_at);
    ${ownRowsOnly("usage_events")}
    ${appendOnly("usage_events")}
    ${allow("usage_events", "select, insert")}

    -- A cache of usage_events by hour (UTC): any period is whole hours plus its two edges.
    create table usage_totals (
      ${tenantColumn} references tenants (id),
      customer_id text not null,
      feature text not null,
      period_start timestamptz not null,
      quantity bigint not null,
      primary key (tenant_id, customer_id, feature, period_start),
      foreign key (tenant_id, customer_id) references customers (tenant_id, id)
    );
    ${ownRowsOnly("usage_totals")}
    ${allow("usage_totals", "select, insert, update (quantity)")}
    `)
    .execute(db);
}
