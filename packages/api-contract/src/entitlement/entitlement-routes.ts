import { z } from "zod";
import { defineRoute } from "../wire/route.ts";
import { customerRefSchema, instantSchema } from "../wire/scalars.ts";
import { customerEntitlementsSchema } from "./entitlement-schema.ts";

export const listCustomerEntitlements = defineRoute({
  operationId: "listCustomerEntitlements",
  method: "get",
  path: "/v1/customers/{id}/entitlements",
  tag: "entitlement",
  summary: "Show what a customer may use",
  description:
    "Effective entitlements at any instant, past or future, each with its breakdown and provenance.",
  access: "entitlements:read",
  idempotency: "none",
  params: z.object({ id: customerRefSchema }),
  query: z.strictObject({ at: instantSchema.optional().meta({ description: "Default: now." }) }),
  success: {
    status: 200,
    description: "One entry a feature.",
    schema: customerEntitlementsSchema,
    etag: true,
  },
  errors: ["not_found"],
});
