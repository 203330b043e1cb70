import { connectorFailure } from "@usher/connector-sdk/http";
import { exponentOf, parseCurrency } from "@usher/entitlement-core/kernel";

/** @see https://docs.stripe.com/currencies#zero-decimal */
const zeroDecimal = new Set(
  "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "),
);
/** @see https://docs.stripe.com/currencies#three-decimal */
const threeDecimal = new Set("BHD JOD KWD OMR TND".split(" "));

/** Digits behind the point in Stripe's amounts, which are not ISO 4217's for ISK, UGX, MGA and others. */
function stripeExponentOf(currency: string): 0 | 2 | 3 {
  if (zeroDecimal.has(currency)) return 0;
  return threeDecimal.has(currency) ? 3 : 2;
}

/**
 * The smallest amount Stripe can charge, in ISO 4217 minor units: 1 of most currencies; 10 of those
 * with three decimals, of which Stripe takes two; 100 of the ariary, which it takes whole. What is
 * split into parts has to be split by this, or the parts cannot be billed although the whole can.
 * ISK and UGX are whole in ISO 4217 already; HUF and TWD are whole only in payouts, which are not ours.
 * @see https://docs.stripe.com/currencies#special-cases
 */
export function chargeableStepOf(currency: string): number {
  const code = parseCurrency(currency);
  if (code === null) return 1;
  if (threeDecimal.has(code)) return 10 ** (exponentOf(code) - 2);
  return 10 ** Math.max(0, exponentOf(code) - stripeExponentOf(code));
}

/**
 * An amount in ISO 4217 minor units as Stripe wants it. Never `* 100`: 500 JPY is 500, 5 ISK is 500,
 * 1.230 KWD is 1230. Throws `validation` where Stripe cannot hold the amount exactly.
 */
export function toStripeAmount(input: {
  readonly minor: number;
  readonly currency: string;
}): number {
  const { minor, currency } = input;
  const code = parseCurrency(currency);
  if (code === null) {
    throw connectorFailure({
      category: "validation",
      message: `Expected a currency of ISO 4217, got “${currency}”.`,
    });
  }
  const shift = stripeExponentOf(code) - exponentOf(code);
  const amount = shift >= 0 ? minor * 10 ** shift : minor / 10 ** -shift;
  if (!Number.isSafeInteger(amount)) throw notExact(input);
  // Stripe charges three-decimal currencies to the second decimal only.
  if (threeDecimal.has(code) && amount % 10 !== 0) throw notExact(input);
  return amount;
}

/** An amount of Stripe's in ISO 4217 minor units. */
export function fromStripeAmount(input: {
  readonly amount: number;
  readonly currency: string;
}): number {
  const code = parseCurrency(input.currency.toUpperCase());
  if (code === null) {
    throw connectorFailure({
      category: "schema_drift",
      message: `Expected a currency of ISO 4217 from Stripe, got “${input.currency}”.`,
    });
  }
  const shift = exponentOf(code) - stripeExponentOf(code);
  return shift >= 0 ? input.amount * 10 ** shift : Math.round(input.amount / 10 ** -shift);
}

function notExact(input: { readonly minor: number; readonly currency: string }) {
  return connectorFailure({
    category: "validation",
    message: `Stripe cannot bill ${input.minor} minor units of ${input.currency} exactly. Round the unit price to what Stripe can charge (https://docs.stripe.com/currencies).`,
    where: { record: "Order line", field: "unit price" },
  });
}
