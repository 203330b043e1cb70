/**
 * The one rule of row-level security: a row belongs to the tenant named by the transaction, and
 * without a named tenant there is no row at all (`nullif` turns "" into null, which equals nothing).
 */
export const currentTenant = "nullif(current_setting('usher.tenant_id', true), '')";

/** Runtime processes connect as this role. It owns nothing and cannot step around a policy. */
export const appRole = "usher_app";

/** Owns the functions of schema `directory`; nobody can log in as it. */
export const directoryRole = "usher_directory";

/** First column of every table: filled in by the transaction's tenant, never by a caller. */
export const tenantColumn = `tenant_id text not null default ${currentTenant}`;

/** SQL that closes `table` to every tenant but the transaction's, also for the table's owner. */
export function ownRowsOnly(table: string): string {
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy own_rows on ${table}
      using (tenant_id = ${currentTenant}) with check (tenant_id = ${currentTenant});`;
}

/** SQL that makes every update and delete of `table` fail, whoever asks. */
export function appendOnly(table: string): string {
  return `
    create trigger ${table}_are_append_only before update or delete on ${table}
      for each row execute function refuse_change();`;
}

/** SQL that lets the app do the named things to `table` and nothing else. */
export function allow(table: string, rights: string): string {
  return `grant ${rights} on ${table} to ${appRole};`;
}
