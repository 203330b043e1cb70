import { type Kysely, sql } from "kysely";
import { allow, ownRowsOnly, tenantColumn } from "./rules.ts";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create table connections (
      ${tenantColumn} references tenants (id),
      id text not null,
      vendor text not null,
      name text not null,
      kinds text[] not null,
      config jsonb not null,
      -- Sealed by the caller (AES-256-GCM under the key-encryption key); never plain.
      secrets bytea not null,
      status text not null default 'working' check (status in ('working', 'needs_attention')),
      last_success_at timestamptz,
      last_error jsonb,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      primary key (tenant_id, id),
      unique (tenant_id, name)
    );
    create index connections_by_id on connections (id);
    ${ownRowsOnly("connections")}
    ${allow("connections", "select, insert, update")}

    create table stream_checkpoints (
      ${tenantColumn},
      connection_id text not null,
      stream text not null,
      checkpoint jsonb not null,
      updated_at timestamptz not null default now(),
      primary key (tenant_id, connection_id, stream),
      foreign key (tenant_id, connection_id) references connections (tenant_id, id)
    );
    ${ownRowsOnly("stream_checkpoints")}
    ${allow("stream_checkpoints", "select, insert, update")}

    create table inbox (
      ${tenantColumn},
      id text not null,
      connection_id text not null,
      event_id text not null,
      type text not null,
      deal_id text,
      headers jsonb not null,
      -- Null for a hint found by polling: nothing was received.
      raw_body bytea,
      body jsonb,
      status text not null default 'pending'
        check (status in ('pending', 'processed', 'ignored', 'quarantined')),
      attempts int not null default 0,
      -- While a worker holds the message this is the end of its lease.
      next_attempt_at timestamptz not null default now(),
      last_error text,
      received_at timestamptz not null default now(),
      processed_at timestamptz,
      primary key (tenant_id, id),
      -- The real deduplication of announcements: the vendor's event id counts once.
      unique (tenant_id, connection_id, event_id),
      foreign key (tenant_id, connection_id) references connections (tenant_id, id)
    );
    create index inbox_due on inbox (tenant_id, next_attempt_at) where status = 'pending';
    create index inbox_due_anywhere on inbox (next_attempt_at) where status = 'pending';
    create index inbox_by_status on inbox (tenant_id, status, id);
    ${ownRowsOnly("inbox")}
    ${allow("inbox", "select, insert, delete, update (status, attempts, next_attempt_at, last_error, processed_at)")}

    create function tell_inbox_filled() returns trigger language plpgsql as $$
    begin
      perform pg_notify('usher_inbox', tenant_id) from (select distinct tenant_id from added) as t;
      return null;
    end $$;
    create trigger tell_inbox_filled after insert on inbox
      referencing new table as added for each statement execute function tell_inbox_filled();
    `)
    .execute(db);
}
