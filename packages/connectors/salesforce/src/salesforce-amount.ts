import { toDecimalAmount } from "@usher/connector-sdk/http";

/** Node has had it since version 21; TypeScript's library does not know it yet. */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

/** Decimal text as a JSON number, digit by digit: it never is a float on its way. */
export function toSalesforceNumber(decimal: string): unknown {
  return rawJSON(decimal);
}

/** As `toSalesforceNumber`, of an amount in minor units. */
export function toSalesforceAmount(input: {
  readonly minor: number;
  readonly currency: string;
}): unknown {
  return toSalesforceNumber(toDecimalAmount(input));
}
