import { type Kysely, sql } from "kysely";
import { allow, appRole, ownRowsOnly, tenantColumn } from "./rules.ts";

// Every primary key and unique constraint begins with the tenant, so that inserting a value tells
// nothing about whether another tenant has it.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create extension if not exists btree_gist;
    grant usage on schema public to ${appRole};

    create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '% is append-only: % is not possible', tg_table_name, lower(tg_op)
        using errcode = 'restrict_violation';
    end $$;

    create table tenants (
      id text primary key,
      tenant_id text not null generated always as (id) stored,
      slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
      name text not null,
      time_zone text not null,
      created_at timestamptz not null default now()
    );
    ${ownRowsOnly("tenants")}
    ${allow("tenants", "select, update (name, time_zone)")}

    create table users (
      ${tenantColumn} references tenants (id),
      id text not null,
      email text not null check (email = lower(email)),
      name text not null,
      groups text[] not null default '{}',
      created_at timestamptz not null default now(),
      primary key (tenant_id, id),
      unique (tenant_id, email)
    );
    ${ownRowsOnly("users")}
    ${allow("users", "select, insert, update")}

    create table api_keys (
      ${tenantColumn} references tenants (id),
      id text not null,
      hash bytea not null check (length(hash) = 32),
      prefix text not null,
      name text not null,
      user_id text,
      scopes text[] not null,
      created_at timestamptz not null default now(),
      expires_at timestamptz,
      revoked_at timestamptz,
      last_used_at timestamptz,
      primary key (tenant_id, id),
      unique (tenant_id, hash),
      foreign key (tenant_id, user_id) references users (tenant_id, id)
    );
    create index api_keys_by_hash on api_keys (hash);
    ${ownRowsOnly("api_keys")}
    ${allow("api_keys", "select, insert, update (name, scopes, expires_at, revoked_at, last_used_at)")}

    -- A key that was revoked or narrowed must stop working in every API process at once.
    create function tell_keys_changed() returns trigger language plpgsql as $$
    begin
      perform pg_notify('usher_keys', encode(new.hash, 'hex'));
      return null;
    end $$;
    create trigger tell_keys_changed after update of scopes, expires_at, revoked_at on api_keys
      for each row execute function tell_keys_changed();

    create table sessions (
      ${tenantColumn} references tenants (id),
      id_hash bytea not null check (length(id_hash) = 32),
      user_id text not null,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      primary key (tenant_id, id_hash),
      foreign key (tenant_id, user_id) references users (tenant_id, id)
    );
    create index sessions_by_hash on sessions (id_hash);
    ${ownRowsOnly("sessions")}
    ${allow("sessions", "select, insert, delete")}

    create table sign_in_codes (
      ${tenantColumn} references tenants (id),
      code_hash bytea not null check (length(code_hash) = 32),
      user_id text not null,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      used_at timestamptz,
      primary key (tenant_id, code_hash),
      foreign key (tenant_id, user_id) references users (tenant_id, id)
    );
    create index sign_in_codes_by_hash on sign_in_codes (code_hash);
    ${ownRowsOnly("sign_in_codes")}
    ${allow("sign_in_codes", "select, insert, delete, update (used_at)")}
    `)
    .execute(db);
}
