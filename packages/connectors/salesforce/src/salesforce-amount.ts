import { toDecimalAmount } from "@usher/connector-sdk/http";

/** Node has had it since version 21; TypeScript's library does not know it yet. */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

/** Amount in minor units as a JSON number, digit by digit: it never is a float on its way. */
export function toSalesforceAmount(input: {
  readonly minor: number;
  readonly currency: string;
}): unknown {
  return rawJSON(toDecimalAmount(input));
}
