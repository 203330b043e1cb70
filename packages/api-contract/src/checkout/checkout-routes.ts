import { z } from "zod";
import { listOf, listQuery } from "../wire/list.ts";
import { defineRoute } from "../wire/route.ts";
import { idSchema } from "../wire/scalars.ts";
import {
  checkoutSessionSchema,
  checkoutSessionStatusSchema,
  createCheckoutSessionSchema,
} from "./checkout-schema.ts";

export const createCheckoutSession = defineRoute({
  operationId: "createCheckoutSession",
  method: "post",
  path: "/v1/checkout_sessions",
  tag: "checkout",
  summary: "Open a page on which a customer buys by themselves",
  description:
    "Opens a page of the billing system's for what the catalog sells at its list price. Once the customer has paid, the session is an order: billed by the page itself, granted at once. The same Idempotency-Key and body answer with the same session, as it stands by then.",
  access: "checkout_sessions:write",
  idempotency: "required",
  body: { kind: "json", schema: createCheckoutSessionSchema, bytesMax: 65_536 },
  success: {
    status: 201,
    description: "The session. Send the customer to its `url`.",
    schema: checkoutSessionSchema,
  },
  errors: ["checkout_not_offered", "checkout_refused", "vendor_unreachable"],
});

export const listCheckoutSessions = defineRoute({
  operationId: "listCheckoutSessions",
  method: "get",
  path: "/v1/checkout_sessions",
  tag: "checkout",
  summary: "List checkout sessions",
  access: "checkout_sessions:read",
  idempotency: "none",
  query: z.strictObject({ ...listQuery, status: checkoutSessionStatusSchema.optional() }),
  success: {
    status: 200,
    description: "Sessions, newest first.",
    schema: listOf({ id: "CheckoutSessionList", item: checkoutSessionSchema }),
  },
  errors: [],
});

export const getCheckoutSession = defineRoute({
  operationId: "getCheckoutSession",
  method: "get",
  path: "/v1/checkout_sessions/{id}",
  tag: "checkout",
  summary: "Show what became of a checkout session",
  access: "checkout_sessions:read",
  idempotency: "none",
  params: z.object({ id: idSchema("checkoutSession") }),
  success: { status: 200, description: "The session.", schema: checkoutSessionSchema },
  errors: ["not_found"],
});
