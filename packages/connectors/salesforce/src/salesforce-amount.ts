import { connectorFailure } from "@usher/connector-sdk/http";
import { moneyToDecimal, parseCurrency, parseMoney } from "@usher/entitlement-core/kernel";

/** Node has had it since version 21; TypeScript's library does not know it yet. */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

/** Amount in minor units as a JSON number, digit by digit: it never is a float on its way. */
export function toSalesforceAmount(input: {
  readonly minor: number;
  readonly currency: string;
}): unknown {
  const currency = parseCurrency(input.currency);
  if (currency !== null) return rawJSON(moneyToDecimal({ minor: input.minor, currency }));
  throw connectorFailure({
    category: "validation",
    message: `Expected a currency of ISO 4217, got “${input.currency}”.`,
  });
}

/** An amount of Salesforce's in minor units. `schema_drift` when it has more digits than the currency. */
export function fromSalesforceAmount(input: {
  readonly amount: string;
  readonly currency: string;
  readonly what: string;
}): number {
  const read = parseMoney({ amount: input.amount, currency: input.currency, allowNegative: true });
  if (read.ok) return read.value.minor;
  throw connectorFailure({
    category: "schema_drift",
    message: `${input.what}: ${read.reasons[0].sentence}`,
  });
}
