import {
  decimalText,
  isZeroDecimal,
  lessPercent,
  parseDecimal,
  subtractDecimal,
} from "@usher/connector-sdk/reading";
import { monthsOfFrequency } from "./hubspot-term.ts";

/** What a line says of its price, as text. */
export interface HubSpotLinePrice {
  /** Of one unit, before any discount. */
  readonly price: string;
  /** Off the price of one unit. */
  readonly discount: string;
  /** `10` is ten percent. Where both are set, HubSpot reckons with this one. */
  readonly discountPercent: string;
  /** Empty for a line that is paid once. */
  readonly frequency: string;
  readonly months: number | null;
}

/**
 * The price of one unit for the whole term, net of discounts, exact to the last digit. `price` is
 * that of one billing period where the line has one; with a term that is no multiple of it, or
 * without a term, the price stays as it is with its period behind it, so that sales is told.
 */
export function netUnitPrice(input: {
  readonly line: HubSpotLinePrice;
  readonly recurringPriceIsFor: "billing_period" | "term";
}): string {
  const { price, discount, discountPercent, frequency, months } = input.line;
  const gross = parseDecimal(price);
  const off = parseDecimal(discount === "" ? "0" : discount);
  const percent = parseDecimal(discountPercent === "" ? "0" : discountPercent);
  // Something that is no number: told as it stands.
  if (gross === null || off === null || percent === null) return price;
  const net = isZeroDecimal(percent) ? subtractDecimal(gross, off) : lessPercent(gross, percent);
  if (frequency === "" || input.recurringPriceIsFor === "term") {
    return isZeroDecimal(off) && isZeroDecimal(percent) ? price : decimalText(net, gross.scale);
  }
  const period = monthsOfFrequency[frequency];
  if (period === undefined || months === null || months % period !== 0) {
    return `${decimalText(net, gross.scale)} ${frequency}`;
  }
  return decimalText({ ...net, digits: net.digits * BigInt(months / period) }, gross.scale);
}
