import { z } from "zod";
import { listOf, listQuery } from "../wire/list.ts";
import { defineRoute, jsonBytesMax } from "../wire/route.ts";
import { customerRefSchema, idSchema, textSchema } from "../wire/scalars.ts";
import {
  cancelOrderSchema,
  createOrderSchema,
  openRenewalDealSchema,
  orderEventSchema,
  orderSchema,
  orderStatusSchema,
  renewalDealSchema,
  resumeOrderSchema,
} from "./order-schema.ts";

const orderParams = z.object({ id: idSchema("order") });

export const createOrder = defineRoute({
  operationId: "createOrder",
  method: "post",
  path: "/v1/orders",
  tag: "order",
  summary: "Take an order",
  description:
    "Accepts a won deal and starts the run that approves, bills, grants and tells. The same deal version again answers with the same order; a newer version is a new revision of it.",
  access: "orders:write",
  idempotency: "required",
  body: { kind: "json", schema: createOrderSchema, bytesMax: jsonBytesMax },
  success: { status: 202, description: "Accepted. Follow it at `Location`.", schema: orderSchema },
  errors: ["order_version_conflict"],
});

export const listOrders = defineRoute({
  operationId: "listOrders",
  method: "get",
  path: "/v1/orders",
  tag: "order",
  summary: "List orders",
  access: "orders:read",
  idempotency: "none",
  query: z.strictObject({
    ...listQuery,
    status: orderStatusSchema.optional(),
    customer: customerRefSchema.optional(),
    source_system: textSchema({ max: 60 }).optional(),
    source_id: textSchema({ max: 200 }).optional(),
    number: textSchema({ max: 20 })
      .optional()
      .meta({ description: "The order's number, as people say it.", example: "9V8AQQR1" }),
  }),
  success: {
    status: 200,
    description: "Orders, newest first.",
    schema: listOf({ id: "OrderList", item: orderSchema }),
  },
  errors: [],
});

export const getOrder = defineRoute({
  operationId: "getOrder",
  method: "get",
  path: "/v1/orders/{id}",
  tag: "order",
  summary: "Show an order",
  access: "orders:read",
  idempotency: "none",
  params: orderParams,
  success: { status: 200, description: "The order as it stands.", schema: orderSchema, etag: true },
  errors: ["not_found"],
});

export const listOrderEvents = defineRoute({
  operationId: "listOrderEvents",
  method: "get",
  path: "/v1/orders/{id}/events",
  tag: "order",
  summary: "Show an order's timeline",
  description: "Oldest first.",
  access: "orders:read",
  idempotency: "none",
  params: orderParams,
  query: z.strictObject(listQuery),
  success: {
    status: 200,
    description: "What happened, oldest first.",
    schema: listOf({ id: "OrderEventList", item: orderEventSchema }),
  },
  errors: ["not_found"],
});

export const cancelOrder = defineRoute({
  operationId: "cancelOrder",
  method: "post",
  path: "/v1/orders/{id}/cancel",
  tag: "order",
  summary: "Cancel an order",
  description:
    "Ends its rights from now, takes its bills back and revokes its token. `If-Match` guards against a change in between.",
  access: "orders:write",
  idempotency: "optional",
  params: orderParams,
  body: { kind: "json", schema: cancelOrderSchema, bytesMax: jsonBytesMax },
  success: { status: 202, description: "The run was told to undo.", schema: orderSchema },
  errors: ["not_found", "order_not_cancelable", "precondition_failed"],
});

export const resumeOrder = defineRoute({
  operationId: "resumeOrder",
  method: "post",
  path: "/v1/orders/{id}/resume",
  tag: "order",
  summary: "Resume an order at Action needed",
  description:
    "Looks again at once. Not needed after a fixing edit in the CRM or the catalog: those resume it by themselves.",
  access: "orders:write",
  idempotency: "optional",
  params: orderParams,
  body: { kind: "json", schema: resumeOrderSchema, bytesMax: jsonBytesMax },
  success: { status: 202, description: "The run looks again.", schema: orderSchema },
  errors: ["not_found", "order_not_resumable", "precondition_failed"],
});

export const openRenewalDeal = defineRoute({
  operationId: "openRenewalDeal",
  method: "post",
  path: "/v1/orders/{id}/renewal_deal",
  tag: "order",
  summary: "Open the renewal of an order in its CRM",
  description:
    "A deal in an open stage with the account, owner and lines of the one that was won, to be closed by the last day of the order's terms. An order has one: asked again, the same deal answers, and what people made of it since is left as it is.",
  access: "orders:write",
  idempotency: "none",
  params: orderParams,
  body: { kind: "json", schema: openRenewalDealSchema, bytesMax: jsonBytesMax },
  success: { status: 200, description: "The renewal deal.", schema: renewalDealSchema },
  errors: ["not_found", "order_not_renewable", "vendor_unreachable"],
});
