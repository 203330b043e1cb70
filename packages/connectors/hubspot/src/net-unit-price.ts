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
  const gross = toDecimal(price);
  const off = toDecimal(discount === "" ? "0" : discount);
  const percent = toDecimal(discountPercent === "" ? "0" : discountPercent);
  // Something that is no number: told as it stands.
  if (gross === null || off === null || percent === null) return price;
  const net = isZero(percent) ? minus(gross, off) : share(gross, percent);
  if (frequency === "" || input.recurringPriceIsFor === "term") {
    return isZero(off) && isZero(percent) ? price : toText(net, gross.scale);
  }
  const period = monthsOfFrequency[frequency];
  if (period === undefined || months === null || months % period !== 0) {
    return `${toText(net, gross.scale)} ${frequency}`;
  }
  return toText({ ...net, digits: net.digits * BigInt(months / period) }, gross.scale);
}

interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

function toDecimal(text: string): Decimal | null {
  const match = /^(-?\d{1,30})(?:\.(\d{1,30}))?$/.exec(text);
  if (match === null) return null;
  const [, whole = "0", fraction = ""] = match;
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

function isZero({ digits }: Decimal): boolean {
  return digits === 0n;
}

function minus(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  return { digits: scaled(left, scale) - scaled(right, scale), scale };
}

/** What is left of `whole` after `percent` percent. */
function share(whole: Decimal, percent: Decimal): Decimal {
  const left = minus({ digits: 100n, scale: 0 }, percent);
  return { digits: whole.digits * left.digits, scale: whole.scale + left.scale + 2 };
}

function scaled({ digits, scale }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(to - scale);
}

/** Without zeros at the end beyond `placesMin`, as the price was written. */
function toText({ digits, scale }: Decimal, placesMin: number): string {
  const isNegative = digits < 0n;
  const text = (isNegative ? -digits : digits).toString().padStart(scale + 1, "0");
  const whole = text.slice(0, text.length - scale);
  let fraction = text.slice(text.length - scale);
  while (fraction.length > placesMin && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
  return `${isNegative ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}
