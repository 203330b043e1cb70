import { z } from "zod";
import { acmeBill } from "./acme-bill-api.ts";

/** What is used of Acme's log of what happened to bills. https://api.acme.example/docs/bill-events */
export const acmeBillEvents = z.looseObject({
  events: z.array(
    z.looseObject({
      id: z.string().min(1).max(200),
      type: z.string().min(1).max(100),
      object_id: z.string(),
      occurred_at: z.iso.datetime(),
    }),
  ),
  has_more: z.boolean(),
  server_time: z.iso.datetime(),
});

/** Every bill there is, in the order in which they were made. */
export const acmeBillPage = z.looseObject({
  bills: z.array(acmeBill),
  has_more: z.boolean(),
  server_time: z.iso.datetime(),
});
