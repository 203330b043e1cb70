import { type Kysely, sql } from "kysely";

/**
 * A commit that carries a NOTIFY holds one lock of the whole server while it waits for the disk, so
 * such commits pass one at a time, without group commit. A session that sets `usher.announcements`
 * to '#' says that it will announce after its commit what is gathered there; any other session
 * announces with its commit, as ever.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create function announce(channel text, payload text) returns void language plpgsql as $$
    declare gathered text := current_setting('usher.announcements', true);
    begin
      if gathered like '#%' then
        perform set_config('usher.announcements', gathered || E'\\n' || channel || ' ' || payload, true);
      else
        perform pg_notify(channel, payload);
      end if;
    end $$;

    create or replace function tell_inbox_filled() returns trigger language plpgsql as $$
    begin
      perform announce('usher_inbox', tenant_id) from (select distinct tenant_id from added) as t;
      return null;
    end $$;
    create or replace function tell_outbox_filled() returns trigger language plpgsql as $$
    begin
      perform announce('usher_outbox', tenant_id) from (select distinct tenant_id from added) as t;
      return null;
    end $$;
    create or replace function tell_rights_changed() returns trigger language plpgsql as $$
    begin
      perform announce('usher_rights', tenant_id || ':' || customer_id)
        from (select distinct tenant_id, customer_id from changed) as c;
      return null;
    end $$;
    `)
    .execute(db);
}
