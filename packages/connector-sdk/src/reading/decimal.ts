/** A decimal number, exact: `digits` shifted `scale` places to the right. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** Of a plain decimal text with at most 30 digits on each side of its point; null for anything else. */
export function parseDecimal(text: string): Decimal | null {
  const match = /^(-?\d{1,30})(?:\.(\d{1,30}))?$/.exec(text);
  if (match === null) return null;
  const [, whole = "0", fraction = ""] = match;
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

export function isZeroDecimal({ digits }: Decimal): boolean {
  return digits === 0n;
}

export function subtractDecimal(from: Decimal, amount: Decimal): Decimal {
  const scale = Math.max(from.scale, amount.scale);
  return { digits: scaled(from, scale) - scaled(amount, scale), scale };
}

/** What is left of `whole` after `percent` percent. */
export function lessPercent(whole: Decimal, percent: Decimal): Decimal {
  const left = subtractDecimal({ digits: 100n, scale: 0 }, percent);
  return { digits: whole.digits * left.digits, scale: whole.scale + left.scale + 2 };
}

/** As text, without zeros at the end beyond `placesMin`. */
export function decimalText({ digits, scale }: Decimal, placesMin: number): string {
  const isNegative = digits < 0n;
  const text = (isNegative ? -digits : digits).toString().padStart(scale + 1, "0");
  const whole = text.slice(0, text.length - scale);
  let fraction = text.slice(text.length - scale);
  while (fraction.length > placesMin && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
  return `${isNegative ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

function scaled({ digits, scale }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(to - scale);
}
