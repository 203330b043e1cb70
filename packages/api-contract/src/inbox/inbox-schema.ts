import { z } from "zod";
import { idSchema, instantSchema } from "../wire/scalars.ts";

export const inboxMessageSchema = z
  .object({
    id: idSchema("inboxMessage"),
    connection_id: idSchema("connection"),
    event_id: z.string(),
    type: z.string(),
    deal_id: z.string().nullable(),
    status: z.enum(["pending", "processed", "ignored", "quarantined"]),
    attempts: z.int(),
    last_error: z.unknown(),
    received_at: instantSchema,
    processed_at: instantSchema.nullable(),
    next_attempt_at: instantSchema.nullable(),
  })
  .meta({
    id: "InboxMessage",
    description: "An announcement of a remote system, as it stands in the inbox.",
  });

export const inboxMessageDetailSchema = inboxMessageSchema
  .extend({
    payload: z.unknown().meta({
      description: "The event as the vendor sent it; null for a change that was found by polling.",
    }),
    replay: z
      .string()
      .nullable()
      .meta({ description: "The command that puts it back in line, while it is in quarantine." }),
  })
  .meta({ id: "InboxMessageDetail", description: "A message with its payload." });

export const receivedSchema = z
  .object({
    received: z.int().meta({ description: "Events stored by this request." }),
    duplicates: z.int(),
  })
  .meta({ id: "Received" });
