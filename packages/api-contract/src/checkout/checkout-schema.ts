import { z } from "zod";
import { orNull } from "../wire/or-null.ts";
import {
  countrySchema,
  currencySchema,
  dateSchema,
  idSchema,
  instantSchema,
  moneySchema,
  skuSchema,
  textSchema,
} from "../wire/scalars.ts";

/** Billing systems send people there as they are told; nothing but a web page is a place for people. */
const returnUrlSchema = z.url({ protocol: /^https?$/, hostname: /./ }).max(2_000);

export const createCheckoutSessionSchema = z
  .strictObject({
    customer: z.strictObject({
      external_id: textSchema({ max: 200 }).meta({
        description: "The account's id in your system.",
        example: "001ACME",
      }),
      name: textSchema({ max: 300 }).meta({ example: "Acme GmbH" }),
      country: countrySchema.nullable().optional(),
    }),
    name: textSchema({ max: 300 }).optional().meta({
      description: "What the order is called, shown to people.",
      example: "10 more seats",
    }),
    currency: currencySchema,
    lines: z
      .array(
        z.strictObject({
          sku: skuSchema,
          quantity: z.int().min(1).max(1_000_000).meta({ example: 10 }),
          term: z
            .strictObject({
              starts_on: dateSchema.optional().meta({ description: "Left out: today." }),
              months: z.int().min(1).max(1_200).optional().meta({
                description: "Whole calendar months. Left out: the offering's default term.",
                example: 12,
              }),
            })
            .default({}),
        }),
      )
      .min(1)
      .max(20)
      .meta({
        description:
          "Sold at the catalog's list price: a price that was negotiated is an order, not a checkout.",
      }),
    success_url: returnUrlSchema.meta({
      description: "Where the customer goes after paying. It proves nothing: read the session.",
      example: "https://app.example.com/upgraded",
    }),
    cancel_url: returnUrlSchema.meta({ example: "https://app.example.com/plans" }),
  })
  .meta({
    id: "CreateCheckoutSession",
    description: "What a customer is to confirm and pay on the billing system's own page.",
    example: {
      customer: { external_id: "001ACME", name: "Acme GmbH", country: "DE" },
      currency: "USD",
      lines: [{ sku: "PRO", quantity: 10, term: { months: 12 } }],
      success_url: "https://app.example.com/upgraded",
      cancel_url: "https://app.example.com/plans",
    },
  });

export const checkoutSessionStatusSchema = z.enum([
  "open",
  "pending",
  "completed",
  "failed",
  "expired",
]);

export const checkoutSessionSchema = z
  .object({
    id: idSchema("checkoutSession"),
    status: checkoutSessionStatusSchema.meta({
      description:
        "`pending`: gone through, with a payment that takes days. `completed`: paid, and an order.",
    }),
    url: z.string().nullable().meta({
      description: "Send the customer there. Null once nobody can pay on it any more.",
      example: "https://checkout.stripe.com/c/pay/cs_test_a1",
    }),
    expires_at: instantSchema.nullable(),
    order_id: orNull(idSchema("order")).meta({
      description: "The order, once the session is completed; null before.",
    }),
    customer: z.object({ external_id: z.string(), name: z.string() }),
    total: moneySchema.meta({ description: "Over the whole term, before taxes." }),
    lines: z.array(
      z.object({
        sku: z.string(),
        quantity: z.number(),
        unit_price: moneySchema,
        term: z.object({ starts_on: dateSchema, months: z.int() }),
      }),
    ),
    created_at: instantSchema,
  })
  .meta({ id: "CheckoutSession" });
