import { z } from "zod";
import { defineRoute } from "../wire/route.ts";

export const healthSchema = z
  .object({ status: z.literal("alive"), version: z.string() })
  .meta({ id: "Health" });

export const readinessSchema = z
  .object({
    status: z.enum(["ready", "not_ready"]),
    checks: z.array(
      z.object({
        name: z.enum([
          "database",
          "migrations",
          "temporal",
          "signing_key",
          "check_table",
          "connectors",
        ]),
        ok: z.boolean(),
        required: z
          .boolean()
          .meta({ description: "False: the hub works on without it, and says what waits." }),
        detail: z
          .string()
          .meta({ description: "What was found, and what to do when it is not well." }),
      }),
    ),
  })
  .meta({ id: "Readiness" });

export const getHealth = defineRoute({
  operationId: "getHealth",
  method: "get",
  path: "/healthz",
  tag: "system",
  summary: "Is the process alive?",
  access: "public",
  idempotency: "none",
  success: { status: 200, description: "It is.", schema: healthSchema },
  errors: [],
});

export const getReadiness = defineRoute({
  operationId: "getReadiness",
  method: "get",
  path: "/readyz",
  tag: "system",
  summary: "Can it work, and if not, why?",
  description: "503 with the same body when a required part is not ready.",
  access: "public",
  idempotency: "none",
  success: { status: 200, description: "Every part, with its reason.", schema: readinessSchema },
  errors: ["not_ready"],
});

export const getMetrics = defineRoute({
  operationId: "getMetrics",
  method: "get",
  path: "/metrics",
  tag: "system",
  summary: "Metrics for Prometheus",
  access: "public",
  idempotency: "none",
  success: {
    status: 200,
    description: "OpenMetrics text.",
    schema: z.string(),
    mediaType: "text/plain",
  },
  errors: [],
});

export const getOpenApi = defineRoute({
  operationId: "getOpenApi",
  method: "get",
  path: "/openapi.json",
  tag: "system",
  summary: "This document",
  access: "public",
  idempotency: "none",
  success: {
    status: 200,
    description: "OpenAPI 3.1.",
    schema: z.record(z.string(), z.unknown()),
    etag: true,
  },
  errors: [],
});
