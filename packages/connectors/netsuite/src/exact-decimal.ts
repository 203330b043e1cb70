import { connectorFailure, plainDecimal } from "@usher/connector-sdk/http";
import { moneyToDecimal, parseCurrency, parseMoney } from "@usher/entitlement-core/kernel";

const places = 10;
const digitsOfDecimal = /^(-?)(\d+)(?:\.(\d+))?$/;

/** A decimal in units of 10^-10, exactly: rates and quantities of NetSuite have fewer digits. */
export function toUnits(decimal: string): bigint {
  const match = digitsOfDecimal.exec(plainDecimal(decimal) ?? decimal);
  const [, sign = "", whole = "", fraction = ""] = match ?? [];
  if (match === null || fraction.replace(/0+$/, "").length > places) {
    throw connectorFailure({
      category: "schema_drift",
      message: `NetSuite: expected a decimal of at most ${places} places, got ${decimal.length} characters that are none.`,
    });
  }
  return BigInt(`${sign}${whole}${fraction.padEnd(places, "0").slice(0, places)}`);
}

export function fromUnits(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  const whole = digits.slice(0, -places);
  return `${units < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** A decimal as a JSON number of exactly these digits, which `JSON.stringify` of a float would not promise. */
export function jsonNumber(decimal: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(decimal);
}

/** An amount in minor units as NetSuite takes it. */
export function toNetsuiteAmount(input: {
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

/** An amount of NetSuite's in minor units. `schema_drift` when it has more digits than the currency. */
export function fromNetsuiteAmount(input: {
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
