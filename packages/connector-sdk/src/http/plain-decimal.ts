const numberLiteral = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Beyond this many shifted digits a literal is noise, and writing it out would cost memory. */
const exponentMax = 100;

/**
 * A JSON number literal without its exponent: `1e2` is `100`, `1.5E-3` is `0.0015`, `12.50` stays
 * `12.50`. Works on digits, never through floating point. Null when `literal` is no decimal number
 * or its exponent is larger than 100 either way.
 */
export function plainDecimal(literal: string): string | null {
  const match = numberLiteral.exec(literal);
  if (match === null) return null;
  const [, sign = "", whole = "", fraction = "", exponentText] = match;
  if (exponentText === undefined) return literal;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > exponentMax) return null;
  const digits = whole + fraction;
  const pointAt = whole.length + exponent;
  if (pointAt <= 0) return `${sign}0.${"0".repeat(-pointAt)}${digits}`;
  if (pointAt >= digits.length) {
    return sign + trimLeadingZeros(digits + "0".repeat(pointAt - digits.length));
  }
  return `${sign}${trimLeadingZeros(digits.slice(0, pointAt))}.${digits.slice(pointAt)}`;
}

function trimLeadingZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, "");
}
