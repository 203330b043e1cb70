import { checkReasons } from "@usher/entitlement-core/check";
import { z } from "zod";
import { breakdownEntrySchema, configValueSchema } from "../entitlement/entitlement-schema.ts";
import { orNull } from "../wire/or-null.ts";
import { problemSchema } from "../wire/problem-schema.ts";
import {
  countrySchema,
  customerRefSchema,
  featureKeySchema,
  instantSchema,
  limitSchema,
  textSchema,
} from "../wire/scalars.ts";

export const checkSchema = z
  .strictObject({
    customer: customerRefSchema,
    feature: featureKeySchema,
    amount: z
      .int()
      .min(0)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .meta({ description: "How much is wanted; default 1.", example: 1 }),
    user: textSchema({ max: 320 }).optional(),
    device: textSchema({ max: 320 }).optional(),
    country: countrySchema
      .optional()
      .meta({ description: "Where it is used; needed when the right is bound to countries." }),
    at: instantSchema
      .optional()
      .meta({ description: "Default: now. A past instant is answered from the books." }),
  })
  .meta({ id: "Check", example: { customer: "ext:001ACME", feature: "api_calls", amount: 1 } });

export const checkAnswerSchema = z
  .object({
    allowed: z.boolean(),
    reason: z.enum(checkReasons).meta({ description: "Fixed words: products switch on them." }),
    state: z.enum(["active", "in_grace", "not_yet_active", "expired", "absent"]),
    limit: limitSchema,
    value: orNull(configValueSchema).meta({
      description: "What a `config` feature is set to; null elsewhere and on every no.",
    }),
    usage: z.number(),
    remaining: limitSchema,
    overage: z.number(),
    in_overage: z.boolean(),
    reset_at: instantSchema.nullable(),
    valid_until: instantSchema.nullable(),
    as_of: instantSchema.meta({ description: "The state of the books this answer is drawn from." }),
    lag_ms: z.number().meta({
      description: "How far those books may be behind. Grows while the change feed is broken.",
    }),
    source: z.enum(["live", "cache", "fallback"]).meta({
      description:
        "Who answered: `live` is the hub itself. `cache` and `fallback` are what answers in its stead, such as an SDK with an older snapshot.",
    }),
    breakdown: z.array(breakdownEntrySchema),
  })
  .meta({ id: "CheckAnswer" });

const checkList = z.array(z.unknown()).min(1).max(1_000).meta({
  description:
    "Each a `Check`. A malformed one is answered with its problem and does not stop the others.",
});

/** With a name or without one: there is nothing else to say in a batch. */
export const checkBatchSchema = z
  .union([z.strictObject({ checks: checkList }), checkList])
  .meta({ id: "CheckBatch", example: { checks: [{ customer: "ext:001ACME", feature: "sso" }] } });

export const checkBatchAnswerSchema = z
  .object({ data: z.array(z.union([checkAnswerSchema, z.object({ problem: problemSchema })])) })
  .meta({
    id: "CheckBatchAnswer",
    description: "One answer a check, errors included, in the order asked.",
  });
