import { type Kysely, sql } from "kysely";

/** Who pays on the page, by the vendor's id: its search may not show the customer for a minute. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table checkout_sessions add column remote_customer_id text`.execute(db);
}
