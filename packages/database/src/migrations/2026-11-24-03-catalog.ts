import { type Kysely, sql } from "kysely";
import { allow, appendOnly, ownRowsOnly, tenantColumn } from "./rules.ts";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create table catalog_versions (
      ${tenantColumn} references tenants (id),
      version int not null check (version >= 1),
      content_hash text not null,
      document jsonb not null,
      published_at timestamptz not null default now(),
      published_by text not null,
      primary key (tenant_id, version)
    );
    ${ownRowsOnly("catalog_versions")}
    ${appendOnly("catalog_versions")}
    ${allow("catalog_versions", "select, insert")}

    create table offering_versions (
      ${tenantColumn} references tenants (id),
      id text not null,
      sku text not null,
      version int not null check (version >= 1),
      definition jsonb not null,
      content_hash text not null,
      published_at timestamptz not null default now(),
      primary key (tenant_id, id),
      unique (tenant_id, sku, version)
    );
    ${ownRowsOnly("offering_versions")}
    ${appendOnly("offering_versions")}
    ${allow("offering_versions", "select, insert")}
    `)
    .execute(db);
}
