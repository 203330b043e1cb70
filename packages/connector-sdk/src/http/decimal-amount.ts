import { moneyToDecimal, parseCurrency, parseMoney } from "@usher/entitlement-core/kernel";
import { connectorFailure } from "./connector-failure.ts";

/** An amount in minor units as decimal text, for vendors that write `12.50`. Throws `validation` for a currency that is none. */
export function toDecimalAmount(input: {
  readonly minor: number;
  readonly currency: string;
}): string {
  const currency = parseCurrency(input.currency);
  if (currency !== null) return moneyToDecimal({ minor: input.minor, currency });
  throw connectorFailure({
    category: "validation",
    message: `Expected a currency of ISO 4217, got “${input.currency}”.`,
  });
}

/** A vendor's decimal text in minor units. `schema_drift` when it has more digits than the currency. */
export function fromDecimalAmount(input: {
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
