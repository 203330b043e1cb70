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

export const receivedSchema = z
  .object({
    received: z.int().meta({ description: "Events stored by this request." }),
    duplicates: z.int(),
  })
  .meta({ id: "Received" });
