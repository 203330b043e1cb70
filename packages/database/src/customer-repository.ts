import type { CustomerId, Instant } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import type { Customer as CustomerRow } from "./generated/rows.ts";
import { createId } from "./ids.ts";
import { type Page, type PageRequest, readCursor, rowsToRead, toPage } from "./page.ts";
import type { Row } from "./row.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toInstant } from "./timestamps.ts";

/** A buyer, as an account of the CRM names it. */
export interface Customer {
  readonly id: CustomerId;
  readonly externalId: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  readonly createdAt: Instant;
}

export interface CustomerToSave {
  readonly externalId: string;
  readonly name: string;
  /** Null: not known here, and keeps what is known. */
  readonly country: string | null;
}

/**
 * Makes the customers that are missing and brings changed names and countries up to date, in one
 * statement. Unchanged ones are only read: 4,000 orders of 85 customers must not queue up for the
 * same rows. Answers the id of each external id.
 */
export async function saveCustomers(
  tx: TenantTransaction,
  customers: readonly CustomerToSave[],
): Promise<ReadonlyMap<string, CustomerId>> {
  const byExternalId = new Map(customers.map((one) => [one.externalId, one]));
  // In one order everywhere, so that two transactions never wait for each other.
  const wanted = [...byExternalId.values()].sort((one, other) =>
    one.externalId < other.externalId ? -1 : 1,
  );
  const found = new Map<string, CustomerId>();
  if (wanted.length === 0) return found;
  const externalIds = wanted.map((one) => one.externalId);
  const { rows } = await sql<{ external_id: string; id: string }>`
    with input as (
      select * from unnest(
        ${wanted.map(() => createId("customer"))}::text[], ${externalIds}::text[],
        ${wanted.map((one) => one.name)}::text[], ${wanted.map((one) => one.country)}::text[])
        as i (id, external_id, name, country)
    ), existing as (
      select c.id, c.external_id, i.name, i.country
          , (c.name, c.country) is distinct from (i.name, coalesce(i.country, c.country)) as is_changed
        from customers c join input i on i.external_id = c.external_id
    ), updated as (
      update customers c set name = e.name, country = coalesce(e.country, c.country), updated_at = now()
        from existing e where c.id = e.id and e.is_changed
    ), inserted as (
      insert into customers (id, external_id, name, country)
        select id, external_id, name, country from input i
          where not exists (select from existing e where e.external_id = i.external_id)
          order by external_id
        on conflict (tenant_id, external_id) do nothing
        returning id, external_id
    )
    select external_id, id from existing union all select external_id, id from inserted`.execute(
    tx.db,
  );
  for (const row of rows) found.set(row.external_id, row.id as CustomerId);
  if (found.size < wanted.length) {
    // Another transaction made the missing ones after this statement's snapshot was taken.
    const late = await findCustomers(
      tx,
      externalIds.filter((one) => !found.has(one)),
    );
    for (const customer of late) found.set(customer.externalId, customer.id);
  }
  return found;
}

/** By the CRM's ids; unknown ones are missing from the answer. */
export async function findCustomers(
  tx: TenantTransaction,
  externalIds: readonly string[],
): Promise<readonly Customer[]> {
  const { rows } = await sql<Row<CustomerRow>>`
    select * from customers where external_id = any (${[...externalIds]}::text[])`.execute(tx.db);
  return rows.map(fromCustomerRow);
}

export async function findCustomer(
  tx: TenantTransaction,
  by: { readonly id: CustomerId } | { readonly externalId: string },
): Promise<Customer | null> {
  const query = tx.db.selectFrom("customers").selectAll();
  const row = await ("id" in by
    ? query.where("id", "=", by.id)
    : query.where("external_id", "=", by.externalId)
  ).executeTakeFirst();
  return row ? fromCustomerRow(row) : null;
}

/** Newest first. */
export async function listCustomers(
  tx: TenantTransaction,
  input: PageRequest,
): Promise<Page<Customer>> {
  let query = tx.db
    .selectFrom("customers")
    .selectAll()
    .orderBy("id", "desc")
    .limit(rowsToRead(input));
  const before = readCursor(input);
  if (before !== null) query = query.where("id", "<", before);
  const rows = await query.execute();
  return toPage({ rows: rows.map(fromCustomerRow), request: input, idOf: (one) => one.id });
}

function fromCustomerRow(row: Row<CustomerRow>): Customer {
  return {
    id: row.id as CustomerId,
    externalId: row.external_id,
    name: row.name,
    country: row.country,
    createdAt: toInstant(row.created_at),
  };
}
