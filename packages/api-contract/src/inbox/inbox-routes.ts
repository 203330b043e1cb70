import { z } from "zod";
import { listOf, listQuery } from "../wire/list.ts";
import { defineRoute } from "../wire/route.ts";
import { idSchema } from "../wire/scalars.ts";
import { inboxMessageDetailSchema, inboxMessageSchema, receivedSchema } from "./inbox-schema.ts";

export const receiveInbound = defineRoute({
  operationId: "receiveInbound",
  method: "post",
  path: "/v1/inbound/{connection_id}",
  tag: "inbox",
  summary: "A remote system announces something",
  description:
    "The signature is checked over the raw bytes; verified events are stored under their own id and only then acknowledged. Nothing is processed here: the object is re-read from its source later.",
  access: "signed",
  idempotency: "none",
  params: z.object({ connection_id: idSchema("connection") }),
  body: {
    kind: "bytes",
    bytesMax: 1_048_576,
    mediaTypes: ["*/*"],
    description: "The vendor's body, as it sends it.",
  },
  success: { status: 200, description: "Stored, or known already.", schema: receivedSchema },
  errors: [
    "unknown_connection",
    "signature_missing",
    "signature_invalid",
    "signature_stale",
    "signature_in_future",
    "not_ready",
  ],
});

export const listInboxMessages = defineRoute({
  operationId: "listInboxMessages",
  method: "get",
  path: "/v1/inbox",
  tag: "inbox",
  summary: "List inbox messages",
  access: "inbox:read",
  idempotency: "none",
  query: z.strictObject({
    ...listQuery,
    status: z.enum(["pending", "processed", "ignored", "quarantined"]).optional(),
    connection_id: idSchema("connection").optional(),
  }),
  success: {
    status: 200,
    description: "Messages, newest first.",
    schema: listOf({ id: "InboxMessageList", item: inboxMessageSchema }),
  },
  errors: [],
});

export const getInboxMessage = defineRoute({
  operationId: "getInboxMessage",
  method: "get",
  path: "/v1/inbox/{id}",
  tag: "inbox",
  summary: "Show an inbox message with its payload",
  description:
    "The payload may hold personal data: the scope is that of those who may replay, not of every reader.",
  access: "inbox:replay",
  idempotency: "none",
  params: z.object({ id: idSchema("inboxMessage") }),
  success: { status: 200, description: "The message.", schema: inboxMessageDetailSchema },
  errors: ["not_found"],
});

export const replayInboxMessage = defineRoute({
  operationId: "replayInboxMessage",
  method: "post",
  path: "/v1/inbox/{id}/replay",
  tag: "inbox",
  summary: "Process an inbox message again",
  description:
    "Puts it back in line with its attempts counted from zero. Harmless for one already processed: its deal is re-read and found unchanged.",
  access: "inbox:replay",
  idempotency: "optional",
  params: z.object({ id: idSchema("inboxMessage") }),
  success: { status: 202, description: "Back in line.", schema: inboxMessageSchema },
  errors: ["not_found"],
});
