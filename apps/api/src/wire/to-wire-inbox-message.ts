import type { WireInboxMessage } from "@usher/api-contract";
import type { InboxMessage } from "@usher/database";
import { toWireInstant, toWireInstantOrNull } from "./to-wire-instant.ts";

/** Without the body: it may hold personal data, and operators need the reason, not the payload. */
export function toWireInboxMessage(message: InboxMessage): WireInboxMessage {
  return {
    id: message.id,
    connection_id: message.connectionId,
    event_id: message.eventId,
    type: message.type,
    deal_id: message.dealId,
    status: message.status,
    attempts: message.attempts,
    last_error: message.lastError,
    received_at: toWireInstant(message.receivedAt),
    processed_at: toWireInstantOrNull(message.processedAt),
    next_attempt_at: message.status === "pending" ? toWireInstant(message.nextAttemptAt) : null,
  };
}
