import { baseUrl } from "@usher/connector-sdk/http";
import { z } from "zod";

export const hubspotApiUrl = "https://api.hubapi.com";

const propertyName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,99}$/, "expected the internal name of a property");

const timeZone = z.string().refine(isTimeZone, "expected an IANA time zone, such as Europe/Berlin");

const common = {
  baseUrl: baseUrl.default(hubspotApiUrl),
  /** Properties are named `<propertyPrefix>_status` and so on, in the group `<propertyPrefix>`. */
  propertyPrefix: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,20}$/, "expected lower-case letters, digits and underscores")
    .default("usher"),
  /**
   * The address HubSpot calls, where it is not the hub's public URL with the connection's path: a
   * proxy that rewrites paths. It is signed, so it must be letter for letter what HubSpot was given.
   */
  webhookUri: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
  /** For deals that do not say: a portal with one currency leaves `deal_currency_code` empty. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "expected an ISO 4217 code, such as USD")
    .nullable()
    .default(null),
  /** The portal's: `closedate` is an instant, and its day depends on the zone. */
  timeZone: timeZone.default("UTC"),
  /** The deal's term in months, for lines that do not say. */
  dealTermMonthsProperty: propertyName.nullable().default(null),
  /** For deals that do not say at all. Null: then it is a fault that sales is told about. */
  defaultTermMonths: z.int().min(1).max(600).nullable().default(null),
  /** The property that tells what a deal is (such as `dealtype`), and its values for the kinds other than `new`. */
  kindProperty: propertyName.nullable().default(null),
  kindValues: z.record(z.string(), z.enum(["new", "amend", "renew", "cancel"])).default({}),
  /**
   * What `price` of a line with a billing frequency is the price of: one billing period, as HubSpot
   * has it, or the whole term.
   */
  recurringPriceIsFor: z.enum(["billing_period", "term"]).default("billing_period"),
  /** Set: renewals are opened as deals, there; internal ids, which are each portal's own. */
  renewals: z
    .strictObject({
      pipeline: z.string().min(1).max(100).default("default"),
      /** An open stage of it. */
      stage: z.string().min(1).max(100).default("appointmentscheduled"),
    })
    .nullable()
    .default(null),
  /** Where changes are read: by search, or from the Webhooks Journal (with search to begin and to fall back to). */
  changes: z.enum(["search", "journal"]).default("search"),
  /** The account's Hub ID; the journal needs it. */
  portalId: z.int().min(1).nullable().default(null),
  /** How late a record may appear in a search after it was written. */
  overlapSeconds: z.int().min(0).max(3_600).default(120),
  pageSize: z.int().min(1).max(200).default(200),
  /** HubSpot allows an account five, whoever makes them. Null: not held back here. */
  searchesPerSecondMax: z.number().min(0.1).max(100).nullable().default(4),
  concurrentCallsMax: z.int().min(1).max(50).default(5),
  timeoutMs: z.int().min(1_000).max(300_000).default(30_000),
};

/** What an operator enters for a HubSpot connection. `accessToken`, `clientSecret` and `refreshToken` are secrets. */
export const hubspotConfig = z
  .discriminatedUnion("authKind", [
    z.strictObject({
      authKind: z.literal("access_token"),
      /** Of a service key or a private app. */
      accessToken: z.string().min(1),
      /** Of the app whose journal is read. */
      clientId: z.string().min(1).nullable().default(null),
      clientSecret: z.string().min(1).nullable().default(null),
      ...common,
    }),
    z.strictObject({
      authKind: z.literal("refresh_token"),
      clientId: z.string().min(1),
      clientSecret: z.string().min(1),
      refreshToken: z.string().min(1),
      ...common,
    }),
  ])
  .superRefine((config, context) => {
    if (config.changes !== "journal") return;
    for (const name of ["clientId", "clientSecret", "portalId"] as const) {
      if (config[name] !== null) continue;
      context.addIssue({ code: "custom", path: [name], message: "needed to read the journal" });
    }
  });

export type HubSpotConfig = z.output<typeof hubspotConfig>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    // A RangeError is how the runtime says that it knows no such zone.
    return false;
  }
}
