import { type Kysely, sql } from "kysely";
import { allow, ownRowsOnly, tenantColumn } from "./rules.ts";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    alter table connections
      -- Grows with every change of credentials; tokens belong to one version and are never shared.
      add column credentials_version int not null default 1,
      add column credentials_changed_at timestamptz not null default now(),
      -- What a rotation has brought and not yet proven: sealed like secrets, used by nobody.
      add column next_secrets bytea,
      add column next_config jsonb,
      -- How long the webhook secrets from before the last rotation are accepted beside the new ones.
      add column old_webhook_secrets_until timestamptz,
      add column last_error_at timestamptz,
      -- What the vendor last said is left of its allowance.
      add column quota jsonb,
      add check ((next_secrets is null) = (next_config is null));

    alter table stream_checkpoints
      -- When the stream was last found to hold nothing further.
      add column read_to_end_at timestamptz;

    create table connection_tokens (
      ${tenantColumn},
      connection_id text not null,
      credentials_version int not null,
      -- Sealed by the caller; null while the first exchange runs.
      tokens bytea,
      updated_at timestamptz not null default now(),
      primary key (tenant_id, connection_id, credentials_version),
      foreign key (tenant_id, connection_id) references connections (tenant_id, id)
    );
    ${ownRowsOnly("connection_tokens")}
    ${allow("connection_tokens", "select, insert, update, delete")}

    create index inbox_quarantined on inbox (tenant_id, connection_id) where status = 'quarantined';
    create index inbox_pending on inbox (tenant_id, connection_id, received_at) where status = 'pending';
    `)
    .execute(db);
}
