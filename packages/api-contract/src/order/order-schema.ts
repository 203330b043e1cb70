import { statusLadder } from "@usher/entitlement-core/order";
import { z } from "zod";
import { orNull } from "../wire/or-null.ts";
import { errorCodeSchema } from "../wire/problem-schema.ts";
import {
  amountSchema,
  countrySchema,
  currencySchema,
  dateSchema,
  emailSchema,
  idSchema,
  instantSchema,
  moneySchema,
  skuSchema,
  textSchema,
} from "../wire/scalars.ts";

export const orderKindSchema = z.enum(["new", "amend", "renew", "cancel"]).meta({
  id: "OrderKind",
  description:
    "What the deal does, as its source says. `amend` and `renew` grant what their own lines say, beside what the customer has. `cancel` stands at Action needed (`deal_cancels`): cancel the order that it is about.",
});

export const orderStatusSchema = z
  .enum(statusLadder)
  .meta({ id: "OrderStatus", description: "The only words a person outside the hub ever reads." });

export const waitingOnSchema = z
  .object({
    who: z
      .string()
      .meta({ description: "Who holds the order, for people.", example: "Finance: Dana Kim" }),
    since: instantSchema,
    due: instantSchema.nullable(),
  })
  .meta({ id: "WaitingOn" });

export const recordFieldSchema = z
  .object({
    record: z.string().meta({ example: "Opportunity “Acme Pro” (006…)" }),
    field: z.string().meta({ example: "Quantity" }),
  })
  .meta({ id: "RecordField", description: "The record and field a person has to change." });

export const orderProblemSchema = z
  .object({
    code: errorCodeSchema,
    sentence: z.string().meta({ description: "What was expected, what came and what to change." }),
    where: orNull(recordFieldSchema),
    resume_at: z.enum(["validation", "approval", "provisioning", "undo", "write-back"]),
    help: z.string().meta({
      description: "Address of the code's page.",
      example: "/docs/errors/unknown_product",
    }),
    faults: z.array(
      z.object({
        code: errorCodeSchema,
        sentence: z.string(),
        where: orNull(recordFieldSchema),
      }),
    ),
  })
  .meta({ id: "OrderProblem", description: "Why an order stands at Action needed." });

const sourceSchema = z
  .strictObject({
    system: textSchema({ max: 60 })
      .regex(
        /^[a-z0-9][a-z0-9_.-]*$/,
        "expected lower-case letters, digits, _, . and -, such as my-crm",
      )
      .meta({
        description: "Where the deal lives: the name of your system, lower case.",
        example: "my-crm",
      }),
    id: textSchema({ max: 200 }).meta({ description: "The deal's id there.", example: "D-1041" }),
    version: textSchema({ max: 200 }).meta({
      description:
        "Changes whenever the deal changes. Two announcements of one version are one order revision.",
      example: "7",
    }),
  })
  .meta({ id: "OrderSource" });

export const createOrderSchema = z
  .strictObject({
    source: sourceSchema,
    kind: orderKindSchema.default("new"),
    name: textSchema({ max: 300 })
      .optional()
      .meta({ description: "The deal's name, shown to people.", example: "Acme Pro 250" }),
    customer: z.strictObject({
      external_id: textSchema({ max: 200 }).meta({
        description: "The account's id in your system.",
        example: "001ACME",
      }),
      name: textSchema({ max: 300 }).meta({ example: "Acme GmbH" }),
      country: countrySchema.nullable().optional(),
    }),
    owner: z
      .strictObject({ email: emailSchema, name: textSchema({ max: 300 }) })
      .optional()
      .meta({ description: "Who sold it. The owner may not approve the order." }),
    currency: currencySchema,
    lines: z
      .array(
        z.strictObject({
          line_id: textSchema({ max: 200 }).meta({ example: "1" }),
          sku: skuSchema,
          quantity: z.int().min(1).max(1_000_000_000).meta({ example: 250 }),
          unit_price: z
            .strictObject({ amount: amountSchema, currency: currencySchema.optional() })
            .meta({
              description:
                "Price of one unit for the whole term. The currency may be left out: it is the order's.",
            }),
          term: z.strictObject({
            starts_on: dateSchema,
            months: z
              .int()
              .min(1)
              .max(1_200)
              .meta({ description: "Whole calendar months.", example: 12 }),
          }),
        }),
      )
      .min(1)
      .max(1_000),
  })
  .meta({
    id: "CreateOrder",
    description: "A won deal, taken by REST.",
    example: {
      source: { system: "my-crm", id: "D-1041", version: "1" },
      kind: "new",
      customer: { external_id: "001ACME", name: "Acme GmbH", country: "DE" },
      currency: "USD",
      lines: [
        {
          line_id: "1",
          sku: "PRO",
          quantity: 250,
          unit_price: { amount: "12.50" },
          term: { starts_on: "2026-12-01", months: 12 },
        },
      ],
    },
  });

export const orderLineSchema = z
  .object({
    line_id: z.string(),
    sku: z
      .string()
      .nullable()
      .meta({ description: "Null while the product is not known to the catalog." }),
    product_code: z.string().meta({ description: "What the CRM called it." }),
    quantity: z.number(),
    unit_price: orNull(moneySchema),
    list_price: orNull(moneySchema),
    term: z.object({ starts_on: dateSchema, months: z.int(), time_zone: z.string() }).nullable(),
    active_from: instantSchema.nullable(),
    active_until: instantSchema.nullable(),
  })
  .meta({ id: "OrderLine" });

export const orderSchema = z
  .object({
    id: idSchema("order"),
    number: z.string().meta({ description: "What people say on the phone.", example: "9X5T3C2A" }),
    kind: orderKindSchema,
    status: orderStatusSchema,
    waiting_on: orNull(waitingOnSchema),
    problem: orNull(orderProblemSchema),
    source: z.object({ system: z.string(), id: z.string(), version: z.string() }),
    name: z.string(),
    customer: z
      .object({ id: orNull(idSchema("customer")), external_id: z.string(), name: z.string() })
      .nullable()
      .meta({ description: "Null when the deal names no account." }),
    lines: z.array(orderLineSchema),
    currency: currencySchema.nullable(),
    total: orNull(moneySchema),
    revision: z.int(),
    revision_hash: z.string().meta({ description: "What an approval decision binds to." }),
    active_from: instantSchema.nullable(),
    active_until: instantSchema.nullable(),
    created_at: instantSchema,
    updated_at: instantSchema,
  })
  .meta({ id: "Order", description: "What the hub is doing about a deal." });

export const orderEventSchema = z
  .object({
    sequence: z.int(),
    type: z
      .string()
      .meta({ description: "What happened, in the past tense.", example: "order_billed" }),
    sentence: z
      .string()
      .meta({ description: "The event for people.", example: "Billed in Stripe: 86,400.00 USD" }),
    detail: z
      .string()
      .nullable()
      .meta({ description: "A person's own words, a fix, or the record's id." }),
    data: z.record(z.string(), z.unknown()).meta({ description: "The event's facts, by type." }),
    actor: z.string().nullable(),
    occurred_at: instantSchema,
  })
  .meta({ id: "OrderEvent", description: "Append-only." });

export const cancelOrderSchema = z
  .strictObject({ reason: textSchema({ max: 2_000 }).nullable().optional() })
  .meta({ id: "CancelOrder", example: { reason: "Sold twice" } });

export const openRenewalDealSchema = z
  .strictObject({
    name: textSchema({ max: 120 })
      .optional()
      .meta({ description: "Left out: the deal's name and the day the renewal starts." }),
  })
  .meta({ id: "OpenRenewalDeal", example: { name: "Acme Pro, renewal" } });

export const renewalDealSchema = z
  .object({
    system: z.string().meta({ description: "The CRM.", example: "salesforce" }),
    deal_id: z.string().meta({ description: "The renewal's id there." }),
    was_there: z.boolean().meta({ description: "True when it was opened before." }),
    closes_on: dateSchema,
    starts_on: dateSchema,
  })
  .meta({ id: "RenewalDeal" });

export const resumeOrderSchema = z
  .strictObject({ because: textSchema({ max: 2_000 }).optional() })
  .meta({ id: "ResumeOrder", example: { because: "The Stripe key was replaced" } });
