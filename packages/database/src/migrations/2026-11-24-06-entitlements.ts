import { type Kysely, sql } from "kysely";
import { allow, ownRowsOnly, tenantColumn } from "./rules.ts";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create table entitlements (
      ${tenantColumn},
      id text not null,
      customer_id text not null,
      feature text not null,
      kind text not null check (kind in ('boolean', 'config', 'metered', 'seat')),
      value jsonb not null,
      active_from timestamptz not null,
      active_to timestamptz,
      grace_days int not null check (grace_days >= 0),
      geo jsonb,
      source_kind text not null check (source_kind in ('order-line', 'override')),
      order_id text not null,
      revision int not null,
      line_id text not null,
      offering_version_id text not null,
      decision_ids text[] not null default '{}',
      supersedes text,
      -- The transaction that wrote the row last. A reader that has seen everything before
      -- pg_snapshot_xmin of its snapshot misses nothing by asking from there on, however late
      -- a slow transaction commits; a sequence could not promise that.
      change_id bigint not null,
      created_at timestamptz not null default now(),
      primary key (tenant_id, id),
      foreign key (tenant_id, customer_id) references customers (tenant_id, id),
      foreign key (tenant_id, order_id) references orders (tenant_id, id),
      foreign key (tenant_id, offering_version_id) references offering_versions (tenant_id, id),
      check (active_to >= active_from),
      -- At any instant one order line gives at most one right to a feature.
      constraint one_right_per_source_and_instant exclude using gist (
        order_id with =, line_id with =, feature with =, tenant_id with =,
        tstzrange(active_from, active_to) with &&
      )
    );
    create index entitlements_by_customer on entitlements (tenant_id, customer_id, feature);
    create index entitlements_by_order on entitlements (tenant_id, order_id);
    create index entitlements_by_change on entitlements (tenant_id, change_id);
    create index entitlements_by_change_anywhere on entitlements (change_id);
    ${ownRowsOnly("entitlements")}
    ${allow("entitlements", "select, insert, update (active_to)")}

    create function keep_entitlement() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and not (
        new.active_to is not null and (old.active_to is null or new.active_to <= old.active_to)
        and (new.tenant_id, new.id, new.customer_id, new.feature, new.kind, new.value, new.active_from,
             new.grace_days, new.source_kind, new.order_id, new.revision, new.line_id,
             new.offering_version_id, new.decision_ids, new.created_at)
          = (old.tenant_id, old.id, old.customer_id, old.feature, old.kind, old.value, old.active_from,
             old.grace_days, old.source_kind, old.order_id, old.revision, old.line_id,
             old.offering_version_id, old.decision_ids, old.created_at)
        and new.geo is not distinct from old.geo and new.supersedes is not distinct from old.supersedes
      ) then
        raise exception 'an entitlement is never edited: only its end may move to an earlier instant'
          using errcode = 'restrict_violation';
      end if;
      new.change_id := pg_current_xact_id()::text::bigint;
      return new;
    end $$;
    create trigger keep_entitlement before insert or update on entitlements
      for each row execute function keep_entitlement();
    create trigger entitlements_are_not_deleted before delete on entitlements
      for each row execute function refuse_change();

    create function tell_rights_changed() returns trigger language plpgsql as $$
    begin
      perform pg_notify('usher_rights', tenant_id || ':' || customer_id)
        from (select distinct tenant_id, customer_id from changed) as c;
      return null;
    end $$;
    create trigger tell_rights_granted after insert on entitlements
      referencing new table as changed for each statement execute function tell_rights_changed();
    create trigger tell_rights_ended after update on entitlements
      referencing new table as changed for each statement execute function tell_rights_changed();
    `)
    .execute(db);
}
