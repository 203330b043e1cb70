import { z } from "zod";
import { orNull } from "../wire/or-null.ts";
import { featureKeySchema, instantSchema, limitSchema } from "../wire/scalars.ts";

export const configValueSchema = z
  .union([z.string(), z.number(), z.boolean(), z.array(z.string())])
  .meta({ id: "ConfigValue" });

export const geoRuleSchema = z
  .object({ mode: z.enum(["allow", "deny"]), countries: z.array(z.string()) })
  .meta({ id: "GeoRule" });

/** One source of an effective right: which order line, offering version and approver it came from. */
export const breakdownEntrySchema = z
  .object({
    entitlement_id: z.string(),
    source_kind: z.enum(["order-line", "override"]),
    order_id: z.string(),
    revision: z.int(),
    line_id: z.string(),
    offering_version_id: z.string(),
    decision_ids: z
      .array(z.string())
      .meta({ description: "Approval decisions that let it through." }),
    limit: limitSchema,
    value: orNull(configValueSchema),
    active_from: instantSchema,
    active_until: instantSchema
      .nullable()
      .meta({ description: "Exclusive. Null: it does not end." }),
    in_grace: z.boolean(),
  })
  .meta({
    id: "BreakdownEntry",
    description: "One source's share of a right, and where it came from.",
  });

export const effectiveEntitlementSchema = z
  .object({
    feature: featureKeySchema,
    kind: z.enum(["boolean", "config", "metered", "seat"]),
    is_active: z.boolean(),
    in_grace: z.boolean(),
    limit: limitSchema,
    value: orNull(configValueSchema),
    enforcement: z.enum(["soft", "hard"]),
    reset: z.enum(["never", "day", "week", "month", "year"]),
    rollover: limitSchema,
    valid_until: instantSchema
      .nullable()
      .meta({ description: "The earliest instant at which this may change by itself." }),
    fail_policy: z
      .enum(["open", "closed"])
      .meta({ description: "What your product should do when nobody can be asked." }),
    geo: z.array(geoRuleSchema),
    breakdown: z.array(breakdownEntrySchema),
  })
  .meta({
    id: "EffectiveEntitlement",
    description:
      "The fold of all rights of one customer to one feature at one instant. `limit` is that of the rights alone; what was carried over from the period before, at most `rollover`, is in the `limit` of a check.",
  });

export const customerEntitlementsSchema = z
  .object({
    customer: z.object({ id: z.string(), external_id: z.string(), name: z.string() }),
    at: instantSchema,
    data: z.array(effectiveEntitlementSchema),
    has_more: z.boolean(),
    next_cursor: z.string().nullable(),
  })
  .meta({
    id: "CustomerEntitlements",
    description: "Every feature the customer holds or held, at the instant asked.",
  });
