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
  let hasCustomer = false;
  let hasFeature = false;
  for (const key in value) {
    const field = (value as Record<string, unknown>)[key];
    switch (key) {
      case "customer":
        if (typeof field !== "string" || field.length === 0 || field.length > 260) return null;
        hasCustomer = true;
        break;
      case "feature":
        if (typeof field !== "string" || field.length > 100 || !featureKey.test(field)) return null;
        hasFeature = true;
        break;
      case "amount":
        if (!Number.isSafeInteger(field) || (field as number) < 0) return null;
        break;
      case "country":
        if (typeof field !== "string" || !countryCode.test(field)) return null;
        break;
      default:
        return null;
    }
  }
  if (!hasCustomer || !hasFeature) return null;
  // Nothing but these four stands in it, each as the contract has it.
  return value as CheckRequest;
}
