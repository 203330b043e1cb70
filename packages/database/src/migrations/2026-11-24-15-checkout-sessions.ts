import { type Kysely, sql } from "kysely";
import { allow, ownRowsOnly, tenantColumn } from "./rules.ts";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create table checkout_sessions (
      ${tenantColumn},
      id text not null,
      -- Promised before the order exists: the vendor's page carries it, and so does what is paid there.
      order_id text not null,
      connection_id text not null,
      -- What one Idempotency-Key asks for is one session, whatever became of its first answer.
      idempotency_key text not null,
      fingerprint text not null,
      deal jsonb not null,
      -- What the page sold: a catalog published while the customer pays changes nothing of it.
      content jsonb not null,
      requested_by text,
      success_url text not null,
      cancel_url text not null,
      status text not null default 'opening'
        check (status in ('opening', 'open', 'pending', 'completed', 'failed', 'expired')),
      -- Null until the vendor has opened the page.
      remote_id text,
      url text,
      expires_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      primary key (tenant_id, id),
      unique (tenant_id, order_id),
      unique (tenant_id, idempotency_key),
      foreign key (tenant_id, connection_id) references connections (tenant_id, id)
    );
    ${ownRowsOnly("checkout_sessions")}
    ${allow("checkout_sessions", "select, insert, update")}
    `)
    .execute(db);
}
