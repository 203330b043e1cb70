/**
 * Whole months of an ISO 8601 period such as `P12M` or `P1Y6M`, which is how HubSpot keeps a line's
 * term. Null for days and weeks, which are no months, and for anything else.
 */
export function monthsOfPeriod(text: string): number | null {
  const match = /^P(?:(\d{1,3})Y)?(?:(\d{1,4})M)?$/.exec(text);
  if (match === null) return null;
  const months = Number(match[1] ?? 0) * 12 + Number(match[2] ?? 0);
  return months > 0 ? months : null;
}

/** `12` and `12.0` are 12. Half a month is no term: null, so that sales is asked. */
export function wholeMonths(text: string): number | null {
  const match = /^(\d{1,4})(\.0+)?$/.exec(text);
  const months = match === null ? 0 : Number(match[1]);
  return months > 0 ? months : null;
}

/** Months of one billing period, by `recurringbillingfrequency`; weeks are not there. */
export const monthsOfFrequency: Readonly<Record<string, number>> = {
  monthly: 1,
  quarterly: 3,
  per_six_months: 6,
  annually: 12,
  per_two_years: 24,
  per_three_years: 36,
  per_four_years: 48,
  per_five_years: 60,
};
