import type { InboxMessage } from "@usher/database";
import type { ConnectionId } from "@usher/entitlement-core/kernel";
import { instantFromMs } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import { notFound } from "../../../http/api-problem.ts";
import { workRoute } from "../../../http/route-handler.ts";
import { toWireInboxMessage } from "../../../wire/to-wire-inbox-message.ts";

/** Back in line with its attempts counted from zero, whatever became of it: a deal is re-read, so a second time does no harm. */
export function replayInboxMessageRoute() {
  return workRoute("replayInboxMessage", async ({ params, tx }) => {
    const row = await tx.db
      .updateTable("inbox")
      .set({ status: "pending", attempts: 0, next_attempt_at: sql`now()`, processed_at: null })
      .where("id", "=", params.id)
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw notFound("inbox message");
    await sql`select pg_notify('usher_inbox', ${tx.tenantId})`.execute(tx.db);
    const message: InboxMessage = {
      id: params.id,
      connectionId: row.connection_id as ConnectionId,
      eventId: row.event_id,
      type: row.type,
      dealId: row.deal_id,
      body: null,
      status: "pending",
      attempts: 0,
      nextAttemptAt: instantFromMs(new Date(row.next_attempt_at).getTime()),
      lastError: row.last_error,
      receivedAt: instantFromMs(new Date(row.received_at).getTime()),
      processedAt: null,
    };
    return { body: toWireInboxMessage(message) };
  });
}
