import type { CheckRequest } from "@usher/api-contract";

const featureKey = /^[a-z0-9][a-z0-9_.-]*$/;
const countryCode = /^[A-Z]{2}$/;

/**
 * The question that nearly everybody asks (customer, feature, amount, country), read without the schema,
 * which would take longer than the check itself. Null for whatever else came, right or wrong: then
 * the schema judges. `read-plain-check.test.ts` holds the two together.
 */
export function readPlainCheck(value: unknown): CheckRequest | null {
  if (typeof value !== "object" || value === null) return null;
  let customer: string | undefined;
  let feature: string | undefined;
  let amount: number | undefined;
  let country: string | undefined;
  for (const key in value) {
    const field = (value as Record<string, unknown>)[key];
    switch (key) {
      case "customer":
        if (typeof field !== "string" || field.length === 0 || field.length > 260) return null;
        customer = field;
        break;
      case "feature":
        if (typeof field !== "string" || field.length > 100 || !featureKey.test(field)) return null;
        feature = field;
        break;
      case "amount":
        if (!Number.isSafeInteger(field) || (field as number) < 0) return null;
        amount = field as number;
        break;
      case "country":
        if (typeof field !== "string" || !countryCode.test(field)) return null;
        country = field;
        break;
      default:
        return null;
    }
  }
  if (customer === undefined || feature === undefined) return null;
  if (country === undefined)
    return amount === undefined ? { customer, feature } : { customer, feature, amount };
  return amount === undefined
    ? { customer, feature, country }
    : { customer, feature, amount, country };
}
