import { connectorFailure, plainDecimal } from "@usher/connector-sdk/http";

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
