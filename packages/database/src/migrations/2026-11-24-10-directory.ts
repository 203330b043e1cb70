import { type Kysely, sql } from "kysely";
import { appRole, directoryRole } from "./rules.ts";

/**
 * What must be known before a tenant is known. Each function answers one narrow question; the role
 * that owns them may read the named columns and nothing else, so that a mistake here cannot leak more.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create schema directory;
    grant usage on schema directory to ${appRole}, ${directoryRole};
    grant usage on schema public to ${directoryRole};

    ${readable("tenants", "id, slug, name, time_zone")}
    ${readable("api_keys", "tenant_id, id, hash, user_id, scopes, expires_at, revoked_at")}
    ${readable("sessions", "tenant_id, id_hash, user_id, expires_at")}
    ${readable("sign_in_codes", "tenant_id, code_hash, user_id, expires_at, used_at")}
    ${readable("connections", "tenant_id, id")}
    ${readable("signing_keys", "tenant_id, kid, public_jwk, status, retire_at")}
    ${readable("status_lists", "tenant_id, id, bits, size, version, updated_at")}
    ${readable("inbox", "tenant_id, status, next_attempt_at")}
    ${readable("outbox", "tenant_id, published_at, next_attempt_at")}
    ${readable("entitlements", "tenant_id, change_id")}

    ${answer({
      question: "tenants()",
      columns: "id text, slug text, name text, time_zone text",
      select: "select t.id, t.slug, t.name, t.time_zone from public.tenants t order by t.id",
    })}
    ${answer({
      question: "find_tenant(wanted_slug text)",
      columns: "id text, slug text, name text, time_zone text",
      select:
        "select t.id, t.slug, t.name, t.time_zone from public.tenants t where t.slug = wanted_slug",
    })}
    ${answer({
      question: "find_api_key(wanted_hash bytea)",
      columns:
        "tenant_id text, id text, user_id text, scopes text[], expires_at timestamptz, revoked_at timestamptz",
      select:
        "select k.tenant_id, k.id, k.user_id, k.scopes, k.expires_at, k.revoked_at from public.api_keys k where k.hash = wanted_hash",
    })}
    ${answer({
      question: "find_session(wanted_hash bytea)",
      columns: "tenant_id text, user_id text, expires_at timestamptz",
      select:
        "select s.tenant_id, s.user_id, s.expires_at from public.sessions s where s.id_hash = wanted_hash",
    })}
    ${answer({
      question: "find_sign_in_code(wanted_hash bytea)",
      columns: "tenant_id text, user_id text, expires_at timestamptz, used_at timestamptz",
      select:
        "select c.tenant_id, c.user_id, c.expires_at, c.used_at from public.sign_in_codes c where c.code_hash = wanted_hash",
    })}
    ${answer({
      question: "find_connection_tenant(wanted_id text)",
      columns: "tenant_id text",
      select: "select c.tenant_id from public.connections c where c.id = wanted_id",
    })}
    ${answer({
      question: "signing_keys()",
      columns: "tenant_id text, kid text, public_jwk jsonb, status text, retire_at timestamptz",
      select:
        "select k.tenant_id, k.kid, k.public_jwk, k.status, k.retire_at from public.signing_keys k order by k.kid",
    })}
    ${answer({
      question: "find_status_list(wanted_id text)",
      columns: "tenant_id text, bits bytea, size int, version bigint, updated_at timestamptz",
      select:
        "select l.tenant_id, l.bits, l.size, l.version, l.updated_at from public.status_lists l where l.id = wanted_id",
    })}
    ${answer({
      question: "tenants_with_pending_inbox()",
      columns: "tenant_id text",
      select:
        "select distinct i.tenant_id from public.inbox i where i.status = 'pending' and i.next_attempt_at <= now()",
    })}
    ${answer({
      question: "tenants_with_pending_outbox()",
      columns: "tenant_id text",
      select:
        "select distinct o.tenant_id from public.outbox o where o.published_at is null and o.next_attempt_at <= now()",
    })}
    grant usage on schema migrations to ${directoryRole};
    grant select (name) on migrations.kysely_migration to ${directoryRole};
    ${answer({
      question: "applied_migrations()",
      columns: "name text",
      select: "select m.name::text from migrations.kysely_migration m order by m.name",
    })}
    ${answer({
      question: "tenants_with_changed_rights(since bigint)",
      columns: "tenant_id text",
      select: "select distinct e.tenant_id from public.entitlements e where e.change_id >= since",
    })}
    `)
    .execute(db);
}

function readable(table: string, columns: string): string {
  return `
    grant select (${columns}) on public.${table} to ${directoryRole};
    create policy directory_reads on public.${table} for select to ${directoryRole} using (true);`;
}

function answer({
  question,
  columns,
  select,
}: {
  readonly question: string;
  readonly columns: string;
  readonly select: string;
}): string {
  const signature = question.replace(/\((\w+) (\w+)\)/, "($2)");
  return `
    create function directory.${question} returns table (${columns})
      language sql stable security definer set search_path = pg_catalog
      begin atomic ${select}; end;
    revoke all on function directory.${signature} from public;
    grant execute on function directory.${signature} to ${appRole};
    grant create on schema directory to ${directoryRole};
    alter function directory.${signature} owner to ${directoryRole};
    revoke create on schema directory from ${directoryRole};
    -- The owner gave the function away, and asks it too: to find the tenants it makes.
    set local role ${directoryRole};
    grant execute on function directory.${signature} to session_user;
    reset role;`;
}
