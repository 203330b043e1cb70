import { connectorFailure } from "@usher/connector-sdk/http";

/** How the price of a term is billed: `perPeriod` each period, and `remainder` once, with the first. */
export interface StripeInstallments {
  readonly interval: "month" | "year";
  readonly intervalCount: number;
  readonly perPeriodMinor: number;
  readonly remainderMinor: number;
}

/** Stripe bills at most every three years. */
const monthsPerPeriodMax = 36;

/**
 * Splits the price of one unit for the whole term into equal periods, to the cent: what does not
 * divide is billed once, with the first period, so that the periods add up to the price exactly.
 * Every part is a multiple of `stepMinor` when the price is. A term that is no whole number of intervals is billed in one.
 */
export function toStripeInstallments(input: {
  readonly unitAmountMinor: number;
  readonly months: number;
  readonly interval: "month" | "year";
  /** The smallest amount that can be charged, of `chargeableStepOf`. */
  readonly stepMinor: number;
}): StripeInstallments {
  const { unitAmountMinor, months, interval, stepMinor } = input;
  const monthsPerPeriod = interval === "year" ? 12 : 1;
  if (months % monthsPerPeriod === 0) {
    const periods = months / monthsPerPeriod;
    const perPeriodMinor = Math.floor(unitAmountMinor / periods / stepMinor) * stepMinor;
    const remainderMinor = unitAmountMinor - perPeriodMinor * periods;
    return { interval, intervalCount: 1, perPeriodMinor, remainderMinor };
  }
  if (months > monthsPerPeriodMax) {
    throw connectorFailure({
      category: "validation",
      message: `A yearly bill needs a term of whole years or of at most ${monthsPerPeriodMax} months, got ${months} months.`,
      where: { record: "Order line", field: "term" },
    });
  }
  return {
    interval: "month",
    intervalCount: months,
    perPeriodMinor: unitAmountMinor,
    remainderMinor: 0,
  };
}
