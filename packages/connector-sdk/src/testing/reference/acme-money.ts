import { moneyToDecimal, parseCurrency, parseMoney } from "@usher/entitlement-core/kernel";
import { connectorFailure } from "../../http/index.ts";

/** Minor units as the decimal text Acme takes: `12.50`, and `1250` for a currency without decimals. */
export function toAcmeAmount(input: { readonly minor: number; readonly currency: string }): string {
  const currency = parseCurrency(input.currency);
  if (currency === null) {
    throw connectorFailure({
      category: "validation",
      message: `Expected a currency of ISO 4217 and got ${JSON.stringify(input.currency)}.`,
    });
  }
  return moneyToDecimal({ minor: input.minor, currency });
}

/** Acme's decimal text in minor units. What does not fit the currency is no answer we know. */
export function fromAcmeAmount(input: {
  readonly amount: string;
  readonly currency: string;
}): number {
  const parsed = parseMoney({ ...input, allowNegative: true });
  if (parsed.ok) return parsed.value.minor;
  throw connectorFailure({
    category: "schema_drift",
    message: `Reading an amount of Acme: ${parsed.reasons[0].sentence}`,
  });
}
