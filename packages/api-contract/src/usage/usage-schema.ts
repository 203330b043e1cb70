import { z } from "zod";
import { orNull } from "../wire/or-null.ts";
import { problemSchema } from "../wire/problem-schema.ts";
import { customerRefSchema, featureKeySchema, instantSchema, textSchema } from "../wire/scalars.ts";

/**
 * CloudEvents 1.0 (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md). Extension
 * attributes are allowed by that specification and ignored here; inside `data` unknown fields are refused.
 */
export const usageEventSchema = z
  .object({
    specversion: z.literal("1.0"),
    id: textSchema({ max: 200 }).meta({
      description: "Unique within `source`: the same event sent twice counts once.",
      example: "evt-1",
    }),
    source: textSchema({ max: 300 }).meta({
      description: "Who observed it.",
      example: "my-product/eu-1",
    }),
    type: textSchema({ max: 200 }).meta({ example: "usher.usage" }),
    subject: customerRefSchema,
    time: instantSchema
      .optional()
      .meta({ description: "When it was used; default: when it was received." }),
    datacontenttype: z.string().max(100).optional(),
    dataschema: z.string().max(1_000).optional(),
    data: z.strictObject({
      feature: featureKeySchema,
      quantity: z
        .int()
        .min(0)
        .max(1_000_000_000_000)
        .default(1)
        .meta({ description: "How much was used.", example: 3 }),
    }),
  })
  .catchall(z.union([z.string().max(1_000), z.number(), z.boolean()]))
  .meta({
    id: "UsageEvent",
    description: "A CloudEvent whose subject is the customer.",
    example: {
      specversion: "1.0",
      id: "evt-1",
      source: "my-product/eu-1",
      type: "usher.usage",
      subject: "ext:001ACME",
      time: "2026-11-24T06:30:00Z",
      data: { feature: "api_calls", quantity: 3 },
    },
  });

export const usageEventsBodySchema = z
  .union([usageEventSchema, z.array(z.unknown()).min(1).max(1_000)])
  .meta({ id: "UsageEvents", description: "One event, or up to 1,000 of them." });

export const usageEventsAnswerSchema = z
  .object({
    accepted: z.int(),
    duplicates: z.int(),
    refused: z.int(),
    data: z.array(
      z.object({
        source: z.string().nullable(),
        id: z.string().nullable(),
        outcome: z.enum(["accepted", "duplicate", "refused"]),
        problem: orNull(problemSchema),
      }),
    ),
  })
  .meta({ id: "UsageEventsAnswer", description: "One outcome an event, in the order sent." });
