import { type Kysely, sql } from "kysely";
import { allow, ownRowsOnly, tenantColumn } from "./rules.ts";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create table remote_records (
      ${tenantColumn},
      order_id text not null,
      revision int not null,
      connection_id text not null,
      kind text not null,
      remote_id text not null,
      remote_customer_id text,
      line_ids text[] not null default '{}',
      total_minor bigint not null,
      currency char(3) not null,
      state text not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      primary key (tenant_id, connection_id, kind, remote_id),
      foreign key (tenant_id, order_id) references orders (tenant_id, id),
      foreign key (tenant_id, connection_id) references connections (tenant_id, id)
    );
    create index remote_records_by_order on remote_records (tenant_id, order_id);
    ${ownRowsOnly("remote_records")}
    ${allow("remote_records", "select, insert, update")}

    create table write_backs (
      ${tenantColumn},
      order_id text not null,
      connection_id text not null,
      deal_id text not null,
      desired_sequence bigint not null,
      written_sequence bigint not null default 0,
      written_hash text,
      last_error jsonb,
      updated_at timestamptz not null default now(),
      primary key (tenant_id, order_id, connection_id),
      foreign key (tenant_id, order_id) references orders (tenant_id, id),
      foreign key (tenant_id, connection_id) references connections (tenant_id, id)
    );
    create index write_backs_behind on write_backs (tenant_id, updated_at)
      where written_sequence < desired_sequence;
    ${ownRowsOnly("write_backs")}
    ${allow("write_backs", "select, insert, update")}

    create table idempotency_keys (
      ${tenantColumn} references tenants (id),
      route text not null,
      key text not null,
      fingerprint text not null,
      state text not null check (state in ('in_flight', 'done')),
      response_status int,
      response_body text,
      locked_at timestamptz not null default now(),
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      primary key (tenant_id, route, key),
      check ((state = 'done') = (response_status is not null and response_body is not null))
    );
    create index idempotency_keys_by_end on idempotency_keys (tenant_id, expires_at);
    ${ownRowsOnly("idempotency_keys")}
    ${allow("idempotency_keys", "select, insert, update, delete")}

    create table outbox (
      ${tenantColumn} references tenants (id),
      id bigint not null generated always as identity,
      topic text not null,
      key text not null,
      payload jsonb not null,
      created_at timestamptz not null default now(),
      published_at timestamptz,
      attempts int not null default 0,
      -- While a relay holds the message this is the end of its lease.
      next_attempt_at timestamptz not null default now(),
      last_error text,
      primary key (tenant_id, id)
    );
    create index outbox_due on outbox (tenant_id, next_attempt_at, id) where published_at is null;
    create index outbox_due_anywhere on outbox (next_attempt_at) where published_at is null;
    create index outbox_by_key on outbox (tenant_id, topic, key) where published_at is null;
    ${ownRowsOnly("outbox")}
    ${allow("outbox", "select, insert, delete, update (published_at, attempts, next_attempt_at, last_error)")}

    create function tell_outbox_filled() returns trigger language plpgsql as $$
    begin
      perform pg_notify('usher_outbox', tenant_id) from (select distinct tenant_id from added) as t;
      return null;
    end $$;
    create trigger tell_outbox_filled after insert on outbox
      referencing new table as added for each statement execute function tell_outbox_filled();
    `)
    .execute(db);
}
