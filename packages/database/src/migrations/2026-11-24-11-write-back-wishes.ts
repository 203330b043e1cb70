import { type Kysely, sql } from "kysely";

/**
 * Whoever changes what a CRM should show about an order thereby asks for it to be told: no writer
 * can forget it, and what is still to be told survives every crash. A telling itself appends an
 * event but leaves the state, so it asks for nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create function wish_write_back() returns trigger language plpgsql as $$
    begin
      insert into write_backs as w (tenant_id, order_id, connection_id, deal_id, desired_sequence)
        values (new.tenant_id, new.id, new.connection_id, new.source_id, new.event_sequence)
        on conflict (tenant_id, order_id, connection_id) do update set
          desired_sequence = excluded.desired_sequence, updated_at = now()
          where w.desired_sequence < excluded.desired_sequence;
      return null;
    end $$;
    create trigger wish_write_back_of_new_order after insert on orders for each row
      when (new.connection_id is not null) execute function wish_write_back();
    create trigger wish_write_back_of_changed_order after update on orders for each row
      when (new.connection_id is not null
        and (new.state, new.status, new.waiting_on, new.problem)
          is distinct from (old.state, old.status, old.waiting_on, old.problem))
      execute function wish_write_back();

    create index write_backs_due on write_backs (tenant_id, connection_id, updated_at)
      where written_sequence < desired_sequence;
    `)
    .execute(db);
}
