import * as iso4217 from "dinero.js/currencies";
import type { Brand } from "./brand.ts";

/** ISO 4217 alphabetic code, upper case. */
export type CurrencyCode = Brand<string, "CurrencyCode">;

// dinero.js counts ariary and ouguiya in fifths. ISO 4217 gives both two digits after the point,
// and so do the vendors we exchange amounts with.
const exponents: ReadonlyMap<string, number> = new Map(
  Object.values(iso4217).map(({ code, base, exponent }) => [
    code,
    (base as number) === 10 ? exponent : 2,
  ]),
);

/** `text` as a currency, or null when ISO 4217 has no such code. Lower case is not accepted. */
export function parseCurrency(text: string): CurrencyCode | null {
  return exponents.has(text) ? (text as CurrencyCode) : null;
}

/** Digits after the point: 2 for USD, 0 for JPY, 3 for KWD. */
export function exponentOf(currency: CurrencyCode): number {
  const exponent = exponents.get(currency);
  if (exponent === undefined) throw new RangeError(`${currency} is not a currency of ISO 4217.`);
  return exponent;
}
