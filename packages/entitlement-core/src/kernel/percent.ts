import type { Money } from "./money.ts";

/** An exact percentage as a fraction: `numerator / denominator` is the number of percent. The denominator is above 0. */
export interface Percent {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * How far `actual` lies below `list`, in percent and exactly: 0 for the list price, negative above
 * it. Nothing can be below a list price of 0, so that is 0. Throws on two currencies.
 */
export function percentBelow({
  list,
  actual,
}: {
  readonly list: Money;
  readonly actual: Money;
}): Percent {
  if (list.currency !== actual.currency) {
    throw new RangeError(`${list.currency} and ${actual.currency} do not compare.`);
  }
  if (list.minor <= 0) return { numerator: 0n, denominator: 1n };
  return {
    numerator: 100n * (BigInt(list.minor) - BigInt(actual.minor)),
    denominator: BigInt(list.minor),
  };
}

/** True when `percent` is strictly above `limit`, a finite number such as 20 or 12.5 taken at its decimal value. */
export function isPercentAbove(percent: Percent, limit: number): boolean {
  const bound = decimalFraction(limit);
  return percent.numerator * bound.denominator > bound.numerator * percent.denominator;
}

/** The larger of two percentages. */
export function maxPercent(one: Percent, other: Percent): Percent {
  return one.numerator * other.denominator >= other.numerator * one.denominator ? one : other;
}

/** For people, with at most two digits after the point, rounded half up: `28`, `12.5`, `33.33`. */
export function percentText({ numerator, denominator }: Percent): string {
  const hundredths = floorDivide(2n * 100n * numerator + denominator, 2n * denominator);
  const magnitude = hundredths < 0n ? -hundredths : hundredths;
  const fraction = String(magnitude % 100n)
    .padStart(2, "0")
    .replace(/0+$/, "");
  return `${hundredths < 0n ? "-" : ""}${magnitude / 100n}${fraction === "" ? "" : `.${fraction}`}`;
}

/** The decimal value of a number as JavaScript prints it: 12.5 is 125/10, not its binary neighbor. */
export function decimalFraction(value: number): Percent {
  const match = /^(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  if (match === null) throw new RangeError(`${value} is not a finite number.`);
  const [, whole = "0", fraction = "", exponent = "0"] = match;
  const shift = Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  return shift >= 0
    ? { numerator: digits * 10n ** BigInt(shift), denominator: 1n }
    : { numerator: digits, denominator: 10n ** BigInt(-shift) };
}

function floorDivide(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && numerator % denominator !== 0n ? quotient - 1n : quotient;
}
