import type { Brand } from "./brand.ts";

/** ISO 4217 alphabetic code, upper case. */
export type CurrencyCode = Brand<string, "CurrencyCode">;

/**
 * An amount in the currency's minor unit (cents for USD, yen for JPY, fils for KWD).
 * `minor` is a safe integer; the exponent follows from the currency. Never a float of major units.
 */
export interface Money {
  readonly minor: number;
  readonly currency: CurrencyCode;
}
