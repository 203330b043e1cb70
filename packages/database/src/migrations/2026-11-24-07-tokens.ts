import { type Kysely, sql } from "kysely";
import { allow, ownRowsOnly, tenantColumn } from "./rules.ts";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create table signing_keys (
      ${tenantColumn} references tenants (id),
      kid text not null,
      public_jwk jsonb not null,
      -- Sealed by the caller; never plain.
      sealed_private bytea not null,
      status text not null check (status in ('next', 'current', 'retired')),
      created_at timestamptz not null default now(),
      -- Until when a retired key is still published: the end of its last token.
      retire_at timestamptz,
      primary key (tenant_id, kid)
    );
    create unique index one_current_signing_key on signing_keys (tenant_id) where status = 'current';
    create unique index one_next_signing_key on signing_keys (tenant_id) where status = 'next';
    ${ownRowsOnly("signing_keys")}
    ${allow("signing_keys", "select, insert, update (status, retire_at)")}

    create table status_lists (
      ${tenantColumn} references tenants (id),
      id text not null,
      -- Bit n is bit n % 8, from the lowest, of byte n / 8 (draft-ietf-oauth-status-list, section 4).
      bits bytea not null,
      size int not null check (size > 0 and size % 8 = 0 and length(bits) * 8 = size),
      version bigint not null default 1,
      is_open boolean not null default true,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      primary key (tenant_id, id)
    );
    create unique index one_open_status_list on status_lists (tenant_id) where is_open;
    create index status_lists_by_id on status_lists (id);
    ${ownRowsOnly("status_lists")}
    ${allow("status_lists", "select, insert, update (bits, version, is_open, updated_at)")}

    create table tokens (
      ${tenantColumn} references tenants (id),
      jti text not null,
      customer_id text not null,
      order_id text,
      kid text not null,
      claims jsonb not null,
      compact text not null,
      status_list_id text not null,
      status_index int not null,
      issued_at timestamptz not null,
      expires_at timestamptz not null,
      revoked_at timestamptz,
      revoked_because text,
      primary key (tenant_id, jti),
      unique (tenant_id, status_list_id, status_index),
      foreign key (tenant_id, customer_id) references customers (tenant_id, id),
      foreign key (tenant_id, order_id) references orders (tenant_id, id),
      foreign key (tenant_id, kid) references signing_keys (tenant_id, kid),
      foreign key (tenant_id, status_list_id) references status_lists (tenant_id, id),
      check ((revoked_at is null) = (revoked_because is null))
    );
    create index tokens_by_customer on tokens (tenant_id, customer_id, jti);
    create index tokens_by_order on tokens (tenant_id, order_id);
    ${ownRowsOnly("tokens")}
    ${allow("tokens", "select, insert, update (revoked_at, revoked_because)")}

    create function keep_token_revoked() returns trigger language plpgsql as $$
    begin
      raise exception 'a revoked token stays revoked' using errcode = 'restrict_violation';
    end $$;
    create trigger keep_token_revoked before update on tokens for each row
      when (old.revoked_at is not null and new.revoked_at is null)
      execute function keep_token_revoked();

    create function tell_status_list_changed() returns trigger language plpgsql as $$
    begin
      perform pg_notify('usher_status_lists', new.tenant_id || ':' || new.id);
      return null;
    end $$;
    create trigger tell_status_list_changed after update of bits on status_lists
      for each row execute function tell_status_list_changed();
    `)
    .execute(db);
}
