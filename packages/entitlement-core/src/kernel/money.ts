import { add, type Dinero, dinero, multiply, toSnapshot } from "dinero.js/bigint";
import { type CurrencyCode, exponentOf, parseCurrency } from "./currency.ts";
import { accept, type Outcome, refuse } from "./outcome.ts";
import { shorten } from "./shorten.ts";

export type { CurrencyCode } from "./currency.ts";

/**
 * An amount in the currency's minor unit (cents for USD, yen for JPY, fils for KWD).
 * `minor` is a safe integer; the exponent follows from the currency. Never a float of major units.
 */
export interface Money {
  readonly minor: number;
  readonly currency: CurrencyCode;
}

/** Why a text is no amount. `sentence` says what was expected and what came. */
export interface MoneyFault {
  readonly kind:
    | "not-a-decimal"
    | "too-many-decimals"
    | "negative"
    | "too-large"
    | "unknown-currency";
  readonly sentence: string;
}

// What JSON and every CRM write: no exponent, no grouping, no plus sign, no bare point.
const decimal = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?$/;

/**
 * Reads a decimal string of major units, such as `12.50`, to the currency's minor units.
 * Zeros beyond the currency's digits are cut off (`12.500` USD is 12.50); any other digit there is a
 * fault, and nothing is ever rounded. Refused: exponents, grouping, and negative amounts unless
 * `allowNegative`.
 */
export function parseMoney({
  amount,
  currency,
  allowNegative = false,
}: {
  readonly amount: string;
  readonly currency: string;
  readonly allowNegative?: boolean;
}): Outcome<Money, MoneyFault> {
  const code = parseCurrency(currency);
  if (code === null) {
    return refuse({
      kind: "unknown-currency",
      sentence: `Expected a currency code of ISO 4217, such as USD, and got "${shorten(currency, 20)}".`,
    });
  }
  const exponent = exponentOf(code);
  const got = `got "${shorten(amount)}"`;
  const match = decimal.exec(amount);
  if (match === null) {
    return refuse({
      kind: "not-a-decimal",
      sentence: `Expected a plain decimal amount, such as ${exponent === 0 ? "1250" : `12.${"5".padEnd(exponent, "0")}`}, and ${got}.`,
    });
  }
  const [, sign = "", whole = "", fraction = ""] = match;
  if (/[1-9]/.test(fraction.slice(exponent))) {
    return refuse({
      kind: "too-many-decimals",
      sentence: `${code} has ${countDigits(exponent)} after the point and the amount has more: ${got}.`,
    });
  }
  const magnitude = BigInt(whole + fraction.slice(0, exponent).padEnd(exponent, "0"));
  if (sign === "-" && magnitude !== 0n && !allowNegative) {
    return refuse({
      kind: "negative",
      sentence: `Expected an amount of at least 0 and ${got}.`,
    });
  }
  if (magnitude > BigInt(Number.MAX_SAFE_INTEGER)) {
    return refuse({
      kind: "too-large",
      sentence: `Expected an amount of at most ${moneyToDecimal({ minor: Number.MAX_SAFE_INTEGER, currency: code })} ${code} and ${got}.`,
    });
  }
  const minor = Number(magnitude);
  return accept({ minor: sign === "-" && minor !== 0 ? -minor : minor, currency: code });
}

/** Major units as a decimal string with exactly the currency's digits, such as `12.50`: what the wire carries. */
export function moneyToDecimal({ minor, currency }: Money): string {
  const exponent = exponentOf(currency);
  const sign = minor < 0 ? "-" : "";
  const digits = String(Math.abs(minor)).padStart(exponent + 1, "0");
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** For people: `4,821.00 USD`. */
export function formatMoney(money: Money): string {
  const [whole = "", fraction] = moneyToDecimal(money).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${fraction === undefined ? grouped : `${grouped}.${fraction}`} ${money.currency}`;
}

/** The sum of two amounts of one currency. Throws on two currencies, and beyond a safe integer. */
export function addMoney(one: Money, other: Money): Money {
  if (one.currency !== other.currency) {
    throw new RangeError(`${one.currency} and ${other.currency} do not add up.`);
  }
  return fromDinero(add(toDinero(one), toDinero(other)), one.currency);
}

/** `money` times a whole `quantity`. Throws beyond a safe integer: the door that read the two refuses it first. */
export function multiplyMoney(money: Money, quantity: number): Money {
  if (!Number.isSafeInteger(quantity)) {
    throw new RangeError(`Money is multiplied by a whole quantity, not by ${quantity}.`);
  }
  return fromDinero(multiply(toDinero(money), BigInt(quantity)), money.currency);
}

/** The sum of amounts that are all of `currency`; 0 of it when there are none. */
export function sumMoney(amounts: Iterable<Money>, currency: CurrencyCode): Money {
  let sum: Money = { minor: 0, currency };
  for (const amount of amounts) sum = addMoney(sum, amount);
  return sum;
}

function toDinero({ minor, currency }: Money): Dinero<bigint> {
  return dinero({
    amount: BigInt(minor),
    currency: { code: currency, base: 10n, exponent: BigInt(exponentOf(currency)) },
  });
}

function fromDinero(value: Dinero<bigint>, currency: CurrencyCode): Money {
  const minor = Number(toSnapshot(value).amount);
  if (!Number.isSafeInteger(minor)) {
    throw new RangeError(
      `The amount is beyond ${Number.MAX_SAFE_INTEGER} minor units of ${currency}.`,
    );
  }
  return { minor, currency };
}

function countDigits(exponent: number): string {
  if (exponent === 0) return "no digits";
  return exponent === 1 ? "1 digit" : `${exponent} digits`;
}
