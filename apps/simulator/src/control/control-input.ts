import { z } from "zod";
import { FAULT_KINDS } from "../fault/fault.ts";
import { VENDORS } from "../vendor.ts";

/** A decimal as text (`"12.50"`) or as a JSON number; kept as text. */
const decimal = z
  .union([z.string().regex(/^-?\d+(\.\d+)?$/, "expected a decimal such as 12.50"), z.number()])
  .transform(String);
const currency = z.string().regex(/^[A-Z]{3}$/, "expected an ISO 4217 code such as USD");
const day = z.iso.date();
const vendor = z.enum(VENDORS);

export const dealLineInput = z.strictObject({
  /** Product code; a product of that code is made when there is none. */
  product: z.string().min(1).max(255),
  product_name: z.string().min(1).max(255).optional(),
  quantity: decimal,
  unit_price: decimal,
  /** Price of the price book; default: the one there is, else `unit_price`. */
  list_price: decimal.optional(),
  starts_on: day.optional(),
  term_months: z.int().min(0).max(9999).optional(),
  description: z.string().max(255).optional(),
});
export type DealLineInput = z.output<typeof dealLineInput>;

const person = z.strictObject({ name: z.string().min(1).max(120), email: z.email() });

export const winDealInput = z.strictObject({
  name: z.string().min(1).max(120).optional(),
  /** The account by name (found or made), or by id; null: a deal without one. */
  account: z
    .union([
      z.strictObject({
        name: z.string().min(1).max(255),
        country: z.string().max(80).optional(),
      }),
      z.strictObject({ id: z.string() }),
    ])
    .nullable(),
  owner: person.optional(),
  currency: currency.default("USD"),
  stage: z.string().min(1).max(255).default("Closed Won"),
  close_date: day.optional(),
  lines: z.array(dealLineInput).max(200),
  /** Values of further fields of the Opportunity, by API name. */
  fields: z.record(z.string(), z.unknown()).default({}),
  /** Stamps the change this many seconds ago, as a transaction that commits late. */
  stamp_age_seconds: z.int().min(0).max(86_400).default(0),
});
export type WinDealInput = z.output<typeof winDealInput>;

export const editDealInput = z.strictObject({
  name: z.string().min(1).max(120).optional(),
  stage: z.string().min(1).max(255).optional(),
  close_date: day.optional(),
  /** Lines are put into the price book entries of the new currency; the figures stay. */
  currency: currency.optional(),
  /** All lines anew. */
  lines: z.array(dealLineInput).max(200).optional(),
  /** Single lines, by id or by product code. */
  edit_lines: z
    .array(
      z
        .strictObject({
          id: z.string().optional(),
          product: z.string().optional(),
          quantity: decimal.optional(),
          unit_price: decimal.optional(),
          starts_on: day.optional(),
          term_months: z.int().min(0).max(9999).optional(),
          remove: z.boolean().default(false),
        })
        .refine(
          (line) => line.id !== undefined || line.product !== undefined,
          "give id or product",
        ),
    )
    .max(200)
    .optional(),
  add_lines: z.array(dealLineInput).max(200).optional(),
  fields: z.record(z.string(), z.unknown()).default({}),
  stamp_age_seconds: z.int().min(0).max(86_400).default(0),
});
export type EditDealInput = z.output<typeof editDealInput>;

export const bulkInput = z.strictObject({
  accounts: z
    .array(
      z.strictObject({
        /** Finds the account again on a second load; default: its name. */
        ref: z.string().min(1).max(80).optional(),
        name: z.string().min(1).max(255),
        country: z.string().max(80).nullish(),
        industry: z.string().max(255).nullish(),
      }),
    )
    .max(100_000)
    .default([]),
  products: z
    .array(
      z.strictObject({
        code: z.string().min(1).max(255),
        name: z.string().min(1).max(255).optional(),
        list_price: decimal.optional(),
        family: z.string().max(255).nullish(),
        currency: currency.default("USD"),
      }),
    )
    .max(10_000)
    .default([]),
  opportunities: z
    .array(
      z.strictObject({
        ref: z.string().min(1).max(80),
        name: z.string().min(1).max(120).optional(),
        /** `ref` or name of an account; null: none. */
        account: z.string().nullish(),
        owner: z.union([person, z.string().min(1).max(120)]).nullish(),
        /** A stage name of the org, or Won, Lost, Engaging, Prospecting. */
        stage: z.string().min(1).max(255).default("Closed Won"),
        close_date: day.nullish(),
        currency: currency.default("USD"),
        lines: z.array(dealLineInput).max(200),
      }),
    )
    .max(100_000)
    .default([]),
  /** True: each deal is announced as a user's change would be. */
  notify: z.boolean().default(false),
});
export type BulkInput = z.output<typeof bulkInput>;

export const faultInput = z.strictObject({
  vendor,
  kind: z.enum(FAULT_KINDS),
  operation: z.string().min(1).max(100).default("*"),
  object: z.string().max(80).nullish(),
  record_id: z.string().max(18).nullish(),
  /** How often it strikes; left out: until it is taken away. */
  times: z.int().min(1).max(1_000_000).nullish(),
  message: z.string().max(1000).nullish(),
  delay_ms: z.int().min(0).max(600_000).default(1_000),
  status: z.int().min(400).max(599).default(503),
  retry_after_s: z.int().min(0).max(86_400).nullish(),
});
export type FaultInput = z.output<typeof faultInput>;

export const endpointInput = z.strictObject({
  vendor,
  url: z.url({ protocol: /^https?$/ }),
  secret: z.string().min(1).max(500),
  events: z.array(z.string().min(1)).min(1).default(["*"]),
});

export const behaviorInput = z.strictObject({
  vendor,
  hold: z.boolean().optional(),
  duplicate: z.int().min(0).max(20).optional(),
  shuffle: z.boolean().optional(),
  shuffle_window_ms: z.int().min(1).max(60_000).optional(),
  delay_ms: z.int().min(0).max(600_000).optional(),
  retry_delays_ms: z.array(z.int().min(1).max(3_600_000)).min(1).max(50).optional(),
  attempts_max: z.int().min(1).max(10_000).optional(),
});

export const releaseInput = z.strictObject({ vendor });

export const FORGERIES = [
  "bad_signature",
  "no_signature",
  "stale",
  "future",
  "altered_body",
  "malformed_body",
  "replay",
] as const;
export const forgeInput = z.strictObject({
  vendor,
  kind: z.enum(FORGERIES),
  /** Salesforce: the record the notification names. */
  record_id: z.string().max(18).optional(),
});

export const orgSettingsInput = z.strictObject({
  fields_deployed: z.boolean().optional(),
  field_prefix: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9]*$/)
    .optional(),
  page_size_max: z.int().min(1).max(2_000).optional(),
  api_limit: z.int().min(0).optional(),
  echo_notifications: z.boolean().optional(),
  jwt_public_key: z.string().nullable().optional(),
  token_ttl_ms: z.int().min(1).optional(),
  late_commits: z
    .strictObject({ remaining: z.int().min(0), seconds: z.int().min(0).max(86_400) })
    .optional(),
  /** Objects selected for Change Data Capture. */
  change_data_capture: z.array(z.string()).optional(),
  /** So many changes are told by a gap or an overflow event. */
  change_mishaps: z.strictObject({ gaps: z.int().min(0), overflows: z.int().min(0) }).optional(),
  /** Another number: the org was migrated, and replay ids of before are not known any more. */
  bus_epoch: z.int().min(1).optional(),
});

export const portalSettingsInput = z.strictObject({
  /** Scopes the app is granted. */
  scopes: z.array(z.string()).optional(),
  token_ttl_ms: z.int().min(1).optional(),
  search_lag_ms: z.int().min(0).max(600_000).optional(),
  search_results_max: z.int().min(1).max(10_000).optional(),
  searches_per_second_max: z.int().min(0).nullable().optional(),
  calls_per_ten_seconds_max: z.int().min(0).nullable().optional(),
  calls_per_day_max: z.int().min(0).nullable().optional(),
  echo_webhooks: z.boolean().optional(),
  announced_properties: z.array(z.string()).optional(),
  journal_kept_ms: z.int().min(0).optional(),
});

/** How a customer's way through a checkout ends; a pending payment is told its end by a second call. */
export const checkoutOutcomeInput = z.strictObject({
  outcome: z.enum(["paid", "pending", "failed"]).default("paid"),
});

export const accountSettingsInput = z.strictObject({
  default_payment: z.enum(["succeeds", "fails", "none"]).optional(),
  auto_finalize_after_ms: z.int().min(0).optional(),
  search_lag_ms: z.int().min(0).max(600_000).optional(),
  thin_events: z.boolean().optional(),
  secret_key: z.string().min(1).optional(),
  /** A rolled key that is still accepted; null: it has expired. */
  old_secret_key: z.string().min(1).nullable().optional(),
});

export const customFieldInput = z.strictObject({
  object: z.string(),
  name: z.string().regex(/^[A-Za-z]\w*__c$/, "expected an API name that ends in __c"),
  type: z.enum([
    "string",
    "textarea",
    "double",
    "currency",
    "date",
    "datetime",
    "boolean",
    "picklist",
  ]),
  length: z.int().min(1).max(131_072).default(255),
  is_external_id: z.boolean().default(false),
  is_unique: z.boolean().default(false),
});
export type CustomFieldInput = z.output<typeof customFieldInput>;

export const deleteAccountInput = z.strictObject({
  /** What becomes of the account's deals: they lose their account, or go to the recycle bin with it. */
  deals: z.enum(["keep", "delete"]).default("keep"),
});

export const paymentOutcomeInput = z.strictObject({
  outcome: z.enum(["succeeds", "fails", "none"]),
});
