import { z } from "zod";
import { idSchema, instantSchema, textSchema } from "../wire/scalars.ts";

const json: z.ZodType<unknown> = z.unknown();

export const createConnectionSchema = z
  .strictObject({
    vendor: textSchema({ max: 60 })
      .regex(/^[a-z0-9][a-z0-9-]*$/)
      .meta({ example: "salesforce" }),
    name: textSchema({ max: 200 }).meta({ example: "Salesforce, production" }),
    kinds: z
      .array(z.enum(["crm", "billing", "erp"]))
      .min(1)
      .max(3),
    config: z
      .record(z.string().max(100), json)
      .default({})
      .meta({ description: "What the connector needs to know, by its README." }),
    secrets: z.record(z.string().max(100), z.string().max(20_000)).default({}).meta({
      description: "Secret fields of the configuration. Stored encrypted and never answered.",
    }),
    webhook_secrets: z.array(z.string().min(1).max(500)).max(2).default([]).meta({
      description: "What the vendor signs its webhooks with; two while one is being rotated.",
    }),
  })
  .meta({
    id: "CreateConnection",
    example: {
      vendor: "stripe",
      name: "Stripe, test",
      kinds: ["billing"],
      config: { baseUrl: "https://api.stripe.com" },
      secrets: { apiKey: "sk_test_…" },
      webhook_secrets: ["whsec_…"],
    },
  });

export const connectionSchema = z
  .object({
    id: idSchema("connection"),
    vendor: z.string(),
    name: z.string(),
    kinds: z.array(z.string()),
    config: z.record(z.string(), json),
    status: z.enum(["working", "needs_attention"]),
    last_success_at: instantSchema.nullable(),
    last_error: z.unknown(),
    inbound_url: z.string().meta({ description: "Where the vendor sends its webhooks." }),
    created_at: instantSchema,
  })
  .meta({
    id: "Connection",
    description: "One authenticated link to one remote system. Secrets are never shown.",
  });
