import type { IdKind, IdTypes } from "@usher/entitlement-core/kernel";
import { idPrefixes, isId } from "@usher/entitlement-core/kernel";
import { z } from "zod";

/** For a format: what is expected when a text is there and is of another form. The rest is said by zod. */
const expecting = (words: string) => ({
  error: ({ code }: { readonly code: string }) => (code === "invalid_format" ? words : undefined),
});

/** RFC 3339 with zone. Answers are always in UTC with a `Z`. */
export const instantSchema = z.iso
  .datetime({
    offset: true,
    ...expecting("expected an RFC 3339 instant with its zone, such as 2026-11-24T06:30:00Z"),
  })
  .meta({
    description: "RFC 3339 instant with zone; answers are in UTC.",
    example: "2026-11-24T06:30:00.000Z",
  });

export const dateSchema = z.iso
  .date(expecting("expected a calendar date that exists, such as 2026-12-01"))
  .meta({ description: "Calendar date.", example: "2026-12-01" });

export const currencySchema = z
  .string()
  .regex(/^[A-Z]{3}$/, "expected an ISO 4217 currency in upper case, such as USD")
  .meta({ description: "ISO 4217 code, upper case.", example: "USD" });

export const countrySchema = z
  .string()
  .regex(/^[A-Z]{2}$/, "expected an ISO 3166-1 alpha-2 country in upper case, such as DE")
  .meta({ description: "ISO 3166-1 alpha-2 code, upper case.", example: "DE" });

/** Decimal text, never a JSON number: a price survives every parser unchanged. */
export const amountSchema = z
  .string()
  .max(32)
  .regex(
    /^-?\d{1,15}(\.\d{1,6})?$/,
    "expected a decimal as text, at most 15 digits before the point and 6 behind it, such as 12.50",
  )
  .meta({ description: "Decimal string in major units.", example: "12.50" });

/** An address that mail can be sent to. */
export const emailSchema = z
  .email(expecting("expected a mail address, such as dana@example.com"))
  .max(320);

export const moneySchema = z
  .object({ amount: amountSchema, currency: currencySchema })
  .meta({ id: "Money", description: "An amount in major units, as a decimal string." });

export const featureKeySchema = z
  .string()
  .min(1)
  .max(100)
  .regex(
    /^[a-z0-9][a-z0-9_.-]*$/,
    "expected lower-case letters, digits, _, . and -, such as api_calls",
  )
  .meta({ description: "Stable name of a feature.", example: "api_calls" });

export const skuSchema = z
  .string()
  .min(1)
  .max(100)
  .meta({ description: "Stock keeping unit.", example: "PRO" });

/** Text of a person or another system. NUL and lone surrogates are refused at the door, for every string. */
export function textSchema({
  max,
  min = 1,
}: {
  readonly max: number;
  readonly min?: number;
}): z.ZodString {
  return z.string().min(min).max(max);
}

/** An id of ours. A malformed one names nothing that exists, so the server answers 404 rather than 400. */
export function idSchema<Kind extends IdKind>(
  kind: Kind,
): z.ZodCustom<IdTypes[Kind], IdTypes[Kind]> {
  return z
    .custom<IdTypes[Kind]>(
      (value) => typeof value === "string" && isId(kind, value),
      `expected an id that begins with ${idPrefixes[kind]}_ and is 26 characters longer`,
    )
    .meta({
      type: "string",
      description: `TypeID with the prefix \`${idPrefixes[kind]}_\`.`,
      example: `${idPrefixes[kind]}_01jd8e6q2mf8hr4wv2nq9x5t3c`,
    });
}

/** `{id}` of a customer in a path or body: ours, or `ext:` and the id it has in the CRM. */
export const customerRefSchema = textSchema({ max: 260 }).meta({
  description: "A customer's id (`cus_…`) or `ext:` followed by its external id.",
  example: "ext:001ACME",
});

/** The three states of a limit. There is no null: nothing is said by leaving it out. */
export const limitSchema = z
  .union([z.int().min(0), z.literal("unlimited"), z.literal("none")])
  .meta({
    id: "Limit",
    description: "A number, or `unlimited`, or `none` (nothing is allowed).",
    example: 250,
  });
