import { divideRounded, formatUnits, multiplyDecimals, parseDecimal, toUnits } from "../decimal.ts";

/** quantity × unit amount, in whole minor units, rounded half away from zero. */
export function lineAmount(unitAmountDecimal: string, quantity: number): number {
  const unit = parseDecimal(unitAmountDecimal);
  const count = parseDecimal(String(quantity));
  if (unit === undefined || count === undefined) {
    throw new Error(`Not a decimal amount: ${unitAmountDecimal} x ${quantity}`);
  }
  return Number(toUnits(multiplyDecimals(unit, count), 0));
}

/** The amount's share for `part` of `whole` seconds. */
export function shareOf(amount: number, part: number, whole: number): number {
  return Number(divideRounded(BigInt(amount) * BigInt(part), BigInt(whole)));
}

/** `unit_amount`: whole minor units, or null when the price has a fraction of one. */
export function wholeUnitAmount(unitAmountDecimal: string): number | null {
  const unit = parseDecimal(unitAmountDecimal);
  if (unit === undefined) return null;
  const units = toUnits(unit, 0);
  return unit.digits === units * 10n ** BigInt(unit.scale) ? Number(units) : null;
}

/** The decimal without useless zeros: `12.50` is `12.5`. */
export function normalizeAmount(text: string): string {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return text;
  const shown = formatUnits(decimal.digits, decimal.scale);
  return shown.includes(".") ? shown.replace(/\.?0+$/, "") : shown;
}
