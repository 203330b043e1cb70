import { currencyExponent } from "../../currency.ts";
import { formatUnits } from "../../decimal.ts";

/** `4800.00 USD` */
export function amountText(minor: number, currency: string): string {
  return `${formatUnits(BigInt(minor), currencyExponent(currency))} ${currency.toUpperCase()}`;
}
