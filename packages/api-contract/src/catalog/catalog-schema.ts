import { z } from "zod";
import { configValueSchema } from "../entitlement/entitlement-schema.ts";
import {
  countrySchema,
  currencySchema,
  emailSchema,
  featureKeySchema,
  idSchema,
  instantSchema,
  skuSchema,
  textSchema,
} from "../wire/scalars.ts";

const name = textSchema({ max: 300 });

const featureOfAnyKind = {
  key: featureKeySchema,
  name,
  description: textSchema({ max: 2_000 }).optional(),
  fail_policy: z
    .enum(["open", "closed"])
    .meta({ description: "What a product does when nobody can be asked." }),
};

export const featureSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ ...featureOfAnyKind, kind: z.literal("boolean") }),
    z.strictObject({
      ...featureOfAnyKind,
      kind: z.literal("config"),
      combine: z.enum(["max", "min", "union", "latest"]),
    }),
    z.strictObject({
      ...featureOfAnyKind,
      kind: z.literal("metered"),
      unit: textSchema({ max: 60 }),
    }),
    z.strictObject({ ...featureOfAnyKind, kind: z.literal("seat") }),
  ])
  .meta({ id: "Feature" });

export const limitObjectSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("none") }),
    z.strictObject({ kind: z.literal("limited"), amount: z.int().min(0) }),
    z.strictObject({ kind: z.literal("unlimited") }),
  ])
  .meta({ id: "LimitTerm" });

const templateAmountSchema = z
  .discriminatedUnion("basis", [
    z.strictObject({ basis: z.literal("fixed"), limit: limitObjectSchema }),
    z.strictObject({ basis: z.literal("per-quantity"), amount: z.int().min(0) }),
  ])
  .meta({ id: "TemplateAmount" });

const templateOfAnyKind = {
  feature: featureKeySchema,
  grace_days: z.int().min(0).max(3_660),
  geo: z
    .strictObject({
      mode: z.enum(["allow", "deny"]),
      countries: z.array(countrySchema).max(300),
    })
    .nullable(),
};
const enforcement = z.enum(["soft", "hard"]);

export const entitlementTemplateSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ ...templateOfAnyKind, kind: z.literal("boolean") }),
    z.strictObject({ ...templateOfAnyKind, kind: z.literal("config"), value: configValueSchema }),
    z.strictObject({
      ...templateOfAnyKind,
      kind: z.literal("metered"),
      amount: templateAmountSchema,
      reset: z.enum(["never", "day", "week", "month", "year"]),
      rollover: z.strictObject({ max: limitObjectSchema }).nullable(),
      enforcement,
    }),
    z.strictObject({
      ...templateOfAnyKind,
      kind: z.literal("seat"),
      amount: templateAmountSchema,
      enforcement,
    }),
  ])
  .meta({ id: "EntitlementTemplate" });

export const minorMoneySchema = z
  .strictObject({ minor: z.int().min(0), currency: currencySchema })
  .meta({ id: "MinorMoney", description: "An amount in the currency's minor unit." });

const offeringFields = {
  sku: skuSchema,
  name,
  sku_class: textSchema({ max: 100 }),
  list_prices: z.array(minorMoneySchema).max(200),
  billing: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("subscription"), interval: z.enum(["month", "year"]) }),
    z.strictObject({ kind: z.literal("invoice") }),
  ]),
  default_term: z
    .strictObject({ months: z.int().min(1), starts_on: z.enum(["close-date", "received-date"]) })
    .optional()
    .meta({ description: "The term of a line for which the deal names none." }),
  entitlements: z.array(entitlementTemplateSchema).max(500),
};

export const offeringSchema = z.strictObject(offeringFields).meta({ id: "Offering" });

export const offeringVersionSchema = z
  .object({ ...offeringFields, id: idSchema("offeringVersion"), version: z.int() })
  .meta({ id: "OfferingVersion", description: "Published and immutable." });

export const aliasSchema = z
  .strictObject({
    system: textSchema({ max: 60 })
      .nullable()
      .meta({ description: "Null: the alias holds for every system." }),
    product_code: textSchema({ max: 200 }).meta({ example: "GTXPro" }),
    sku: skuSchema,
  })
  .meta({ id: "ProductAlias", example: { system: null, product_code: "GTXPro", sku: "GTX Pro" } });

const approvalConditionSchema = z
  .union([
    z.strictObject({ fact: z.literal("discount-percent"), above: z.number() }),
    z.strictObject({
      fact: z.literal("total-value"),
      above_minor: z.int(),
      currency: currencySchema,
    }),
    z.strictObject({ fact: z.literal("term-months"), above: z.number() }),
    z.strictObject({ fact: z.literal("country"), is_one_of: z.array(z.string()) }),
    z.strictObject({ fact: z.literal("country"), is_not_one_of: z.array(z.string()) }),
    z.strictObject({ fact: z.literal("sku-class"), is_one_of: z.array(z.string()) }),
    z.strictObject({ fact: z.literal("first-order-of-customer") }),
    z.strictObject({ fact: z.literal("always") }),
  ])
  .meta({ id: "ApprovalCondition" });

export const approvalPolicySchema = z
  .strictObject({
    stages: z
      .array(
        z.strictObject({
          key: textSchema({ max: 100 }),
          name,
          when: z.array(approvalConditionSchema).max(50),
          approvers: z
            .array(
              z.union([
                z.strictObject({ user: emailSchema }),
                z.strictObject({ group: textSchema({ max: 100 }) }),
              ]),
            )
            .max(100),
          quorum: z.discriminatedUnion("kind", [
            z.strictObject({ kind: z.literal("any") }),
            z.strictObject({ kind: z.literal("all") }),
            z.strictObject({ kind: z.literal("count"), count: z.int().min(1) }),
          ]),
          step: z.int().min(1),
          due_after_hours: z.number().positive().max(8_784),
          when_silent: z.enum(["park", "deny"]),
        }),
      )
      .max(50),
  })
  .meta({ id: "ApprovalPolicy" });

/** The catalog file on the wire: `toWireCatalog` makes it from the typed file. */
export const catalogSchema = z
  .strictObject({
    time_zone: textSchema({ max: 60 }).meta({ example: "Europe/Berlin" }),
    features: z.array(featureSchema).max(1_000),
    offerings: z.array(offeringSchema).max(2_000),
    aliases: z.array(aliasSchema).max(10_000),
    approval_policy: approvalPolicySchema,
  })
  .meta({ id: "Catalog", description: "Everything a seller decides about what it sells." });

export const publishedCatalogSchema = z
  .object({
    version: z.int(),
    time_zone: z.string(),
    features: z.array(featureSchema),
    offerings: z.array(offeringVersionSchema),
    aliases: z.array(aliasSchema),
    approval_policy: approvalPolicySchema,
    published_at: instantSchema,
    published_by: z.string().nullable(),
  })
  .meta({ id: "PublishedCatalog" });

export const catalogDiffSchema = z
  .object({
    is_empty: z.boolean(),
    changes: z.array(
      z.object({
        subject: z.enum(["feature", "offering", "alias", "approval_policy", "time_zone"]),
        key: z.string().meta({ example: "PRO" }),
        change: z.enum(["added", "changed", "removed"]),
        before: z.unknown(),
        after: z.unknown(),
      }),
    ),
    lines: z.array(z.string()).meta({
      description: "The same changes for people, one a line: `+` new, `-` gone, `~` changed.",
      example: ["~ offering PRO: version 1 → 2", "    list price: 480.00 USD → 500.00 USD"],
    }),
    customers_touched: z.object({
      count: z.int(),
      names: z.array(z.string()).meta({ description: "At most 50 of them, by name." }),
    }),
    orders_unblocked: z
      .int()
      .meta({ description: "Orders at Action needed that a new alias or offering lets go on." }),
  })
  .meta({
    id: "CatalogDiff",
    description:
      "What publishing would change, and for whom. Running orders keep the offering version they were sold.",
  });

export const addAliasAnswerSchema = z
  .object({ alias: aliasSchema, version: z.int(), orders_woken: z.int() })
  .meta({ id: "AddAliasAnswer" });
