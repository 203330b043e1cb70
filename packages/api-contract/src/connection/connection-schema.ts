import { z } from "zod";
import { idSchema, instantSchema, textSchema } from "../wire/scalars.ts";

const json: z.ZodType<unknown> = z.unknown();

/** What a remote system is used as. */
const connectionKindSchema = z.enum(["crm", "billing", "erp"]);

export const createConnectionSchema = z
  .strictObject({
    vendor: textSchema({ max: 60 })
      .regex(
        /^[a-z0-9][a-z0-9-]*$/,
        "expected lower-case letters, digits and -, such as salesforce",
      )
      .meta({ example: "salesforce" }),
    name: textSchema({ max: 200 }).meta({ example: "Salesforce, production" }),
    kinds: z.array(connectionKindSchema).min(1).max(3),
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
    kinds: z.array(connectionKindSchema),
    config: z.record(z.string(), json),
    status: z.enum(["working", "failing", "needs_attention"]).meta({
      description:
        "`failing`: the vendor does not answer as it should, and is asked again by itself. `needs_attention`: someone has to renew credentials, rights or configuration.",
    }),
    last_success_at: instantSchema.nullable(),
    last_error: z
      .object({
        category: z.string(),
        message: z.string(),
        at: instantSchema.nullable(),
      })
      .nullable()
      .meta({ description: "What the vendor refused last; null since it last answered." }),
    problem: z.string().nullable().meta({
      description: "Why this hub cannot use the connection at all: its connector is not there.",
    }),
    lag_seconds: z.int().nullable().meta({
      description:
        "Since its change streams were last read to their end. Null: nothing is read, or a first read goes on.",
    }),
    streams: z.array(
      z.object({
        name: z.string(),
        read_at: instantSchema,
        read_to_end_at: instantSchema.nullable(),
      }),
    ),
    quota: z
      .object({
        used: z.int(),
        limit: z.int(),
        left: z.int(),
        seen_at: instantSchema,
      })
      .nullable()
      .meta({ description: "Calls a day, where the vendor says so with its answers." }),
    inbox: z.object({
      pending: z.int(),
      pending_since: instantSchema.nullable(),
      quarantined: z.int(),
    }),
    credentials: z.object({
      changed_at: instantSchema,
      is_rotating: z
        .boolean()
        .meta({ description: "New ones lie beside those in use and are not proven yet." }),
      old_webhook_secrets_until: instantSchema.nullable(),
    }),
    inbound_url: z.string().meta({ description: "Where the vendor sends its webhooks." }),
    created_at: instantSchema,
  })
  .meta({
    id: "Connection",
    description: "One authenticated link to one remote system. Secrets are never shown.",
  });

export const rotateConnectionSchema = z
  .strictObject({
    config: z.record(z.string().max(100), json).default({}).meta({
      description: "Open fields that change together with the secrets, such as a client id.",
    }),
    secrets: z.record(z.string().max(100), z.string().max(20_000)).default({}).meta({
      description: "New values of secret fields; those left out stay as they are.",
    }),
    webhook_secrets: z
      .array(z.string().min(1).max(500))
      .min(1)
      .max(2)
      .optional()
      .meta({ description: "What the vendor signs its webhooks with from now on." }),
    webhook_overlap_hours: z.number().min(0).max(720).default(72).meta({
      description: "How long webhooks signed with the secrets before are accepted as well.",
    }),
  })
  .meta({
    id: "RotateConnection",
    example: { secrets: { apiKey: "sk_test_…" }, webhook_secrets: ["whsec_…"] },
  });

export const checkOutcomes = [
  "works",
  "auth_invalid",
  "permission",
  "config",
  "limited",
  "unreachable",
  "unexpected",
] as const;

const checkOutcomeSchema = z.enum(checkOutcomes).meta({
  description:
    "`auth_invalid`: the credentials are refused. `permission`: they are good, but a right is missing. `config`: a field of the configuration is wrong. `limited`: the vendor's limit is used up. `unreachable`: no answer, which says nothing about the credentials. `unexpected`: an answer of another kind; the sentence says which.",
});

export const connectionCheckSchema = z
  .object({
    outcome: checkOutcomeSchema,
    message: z.string().meta({ description: "One sentence for an operator, free of secrets." }),
    checked_at: instantSchema,
    took_ms: z.int(),
    parts: z.array(
      z.object({
        kind: z.enum(["crm", "billing", "erp"]),
        outcome: checkOutcomeSchema,
        category: z.string().nullable(),
        message: z.string(),
      }),
    ),
  })
  .meta({ id: "ConnectionCheck", description: "What a read-only look at the vendor found." });

export const connectorSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    version: z.string().nullable(),
    kinds: z.array(connectionKindSchema),
    auth_kinds: z.array(z.string()),
    scopes: z.array(z.string()),
    secret_fields: z.array(z.string()),
    webhook_events: z.array(z.string()),
    config_schema: z.record(z.string(), json).meta({
      description: "JSON Schema of the configuration, secret fields included.",
    }),
    problem: z.string().nullable().meta({
      description: "Why its package could not be loaded; null when it was.",
    }),
  })
  .meta({ id: "Connector", description: "A vendor this hub can connect to." });
