import { type Kysely, sql } from "kysely";
import { allow, appendOnly, ownRowsOnly, tenantColumn } from "./rules.ts";

const statusLadder =
  "'Received', 'Awaiting approval', 'Provisioning', 'Active', 'Action needed', 'Rejected', 'Canceled', 'Ended'";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create table customers (
      ${tenantColumn} references tenants (id),
      id text not null,
      external_id text not null,
      name text not null,
      country char(2),
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      primary key (tenant_id, id),
      unique (tenant_id, external_id)
    );
    ${ownRowsOnly("customers")}
    ${allow("customers", "select, insert, update (name, country, updated_at)")}

    create table orders (
      ${tenantColumn} references tenants (id),
      id text not null,
      -- What people say on the phone. From the id's random end: no counter to wait for, no volume to read off.
      number text not null generated always as (upper(right(id, 8))) stored,
      kind text not null check (kind in ('new', 'amend', 'renew', 'cancel')),
      source_system text not null,
      source_id text not null,
      -- When the deal behind the newest revision was read; an older reading that arrives late changes nothing.
      source_read_at timestamptz not null,
      deal_name text not null,
      connection_id text,
      customer_id text,
      status text not null check (status in (${statusLadder})),
      state jsonb not null,
      revision int not null check (revision >= 1),
      revision_hash text not null,
      currency char(3),
      -- When the order came to stand where it stands.
      status_since timestamptz not null,
      waiting_on jsonb,
      -- Who sold it: whom sales problems wait for.
      owner jsonb,
      problem jsonb,
      blocked_on_product_codes text[] not null default '{}',
      event_sequence bigint not null,
      traceparent text,
      requested_by text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      primary key (tenant_id, id),
      unique (tenant_id, source_system, source_id),
      foreign key (tenant_id, connection_id) references connections (tenant_id, id),
      foreign key (tenant_id, customer_id) references customers (tenant_id, id)
    );
    -- Lists are ordered by id: ids sort by creation, so the key is also the age.
    create index orders_by_status on orders (tenant_id, status, id);
    create index orders_by_customer on orders (tenant_id, customer_id, id);
    create index orders_by_number on orders (tenant_id, number);
    -- Few orders are blocked at a time. (A GIN index would lie idle: array operators are not
    -- leakproof, so under row-level security the planner may not use one.)
    create index orders_blocked on orders (tenant_id) where blocked_on_product_codes <> '{}';
    ${ownRowsOnly("orders")}
    ${allow("orders", "select, insert, update")}

    create table order_revisions (
      ${tenantColumn},
      order_id text not null,
      revision int not null check (revision >= 1),
      source_version text not null,
      deal jsonb not null,
      content jsonb,
      content_hash text not null,
      faults jsonb not null default '[]',
      received_at timestamptz not null default now(),
      received_from text not null,
      primary key (tenant_id, order_id, revision),
      -- A reading with faults may be followed by a good one of the same deal version, once the
      -- catalog knows the product; the same reading never counts twice.
      unique (tenant_id, order_id, source_version, content_hash),
      foreign key (tenant_id, order_id) references orders (tenant_id, id),
      check ((content is null) = (faults <> '[]'))
    );
    create unique index one_revision_per_deal_version
      on order_revisions (tenant_id, order_id, source_version) where content is not null;
    ${ownRowsOnly("order_revisions")}
    ${appendOnly("order_revisions")}
    ${allow("order_revisions", "select, insert")}

    create table order_lines (
      ${tenantColumn},
      order_id text not null,
      revision int not null,
      line_id text not null,
      sku text not null,
      offering_version_id text not null,
      product_code text not null,
      quantity bigint not null check (quantity >= 1),
      unit_price_minor bigint not null check (unit_price_minor >= 0),
      list_price_minor bigint check (list_price_minor >= 0),
      currency char(3) not null,
      starts_on date not null,
      months int not null check (months >= 1),
      time_zone text not null,
      active_from timestamptz not null,
      active_to timestamptz not null,
      primary key (tenant_id, order_id, revision, line_id),
      foreign key (tenant_id, order_id, revision) references order_revisions (tenant_id, order_id, revision),
      foreign key (tenant_id, offering_version_id) references offering_versions (tenant_id, id),
      check (active_to > active_from)
    );
    create index order_lines_by_sku on order_lines (tenant_id, sku);
    ${ownRowsOnly("order_lines")}
    ${appendOnly("order_lines")}
    ${allow("order_lines", "select, insert")}

    create table order_events (
      ${tenantColumn},
      order_id text not null,
      sequence bigint not null check (sequence >= 1),
      type text not null,
      data jsonb not null,
      actor text not null,
      occurred_at timestamptz not null default now(),
      primary key (tenant_id, order_id, sequence),
      foreign key (tenant_id, order_id) references orders (tenant_id, id)
    );
    ${ownRowsOnly("order_events")}
    ${appendOnly("order_events")}
    ${allow("order_events", "select, insert")}
    `)
    .execute(db);
}
