/** A decimal number as an exact integer and how many of its digits stand behind the point. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const PATTERN = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Reads `-12.50`, `12`, `1e-7`; undefined when the text is no decimal. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "0", fraction = "", exponent = "0"] = match;
  const digits = BigInt(`${sign}${whole}${fraction}`);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

export function multiplyDecimals(left: Decimal, right: Decimal): Decimal {
  return { digits: left.digits * right.digits, scale: left.scale + right.scale };
}

/** The value in units of 10^-places, rounded half away from zero. */
export function toUnits(value: Decimal, places: number): bigint {
  const surplus = value.scale - places;
  if (surplus <= 0) return value.digits * 10n ** BigInt(-surplus);
  return divideRounded(value.digits, 10n ** BigInt(surplus));
}

/** Quotient rounded half away from zero; `divisor` is positive. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const half = divisor / 2n;
  const adjusted = dividend < 0n ? dividend - half : dividend + half;
  return adjusted / divisor;
}

/** `formatUnits(1250n, 2)` is `12.50`. */
export function formatUnits(units: bigint, places: number): string {
  if (places === 0) return units.toString();
  const negative = units < 0n;
  const text = (negative ? -units : units).toString().padStart(places + 1, "0");
  return `${negative ? "-" : ""}${text.slice(0, -places)}.${text.slice(-places)}`;
}
