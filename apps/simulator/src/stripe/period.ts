import type { Interval } from "./stripe-rows.ts";

/**
 * The end of a billing period that starts at `start` (Unix seconds). Months keep the day of the
 * start, or take the month's last day when it has fewer.
 * @see https://docs.stripe.com/billing/subscriptions/billing-cycle
 */
export function addInterval(start: number, interval: Interval, count: number): number {
  switch (interval) {
    case "day":
      return start + count * 86_400;
    case "week":
      return start + count * 7 * 86_400;
    case "month":
      return addMonths(start, count);
    case "year":
      return addMonths(start, count * 12);
  }
}

function addMonths(start: number, months: number): number {
  const from = new Date(start * 1000);
  const day = from.getUTCDate();
  const to = new Date(from);
  to.setUTCDate(1);
  to.setUTCMonth(from.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
  to.setUTCDate(Math.min(day, lastDay));
  return Math.floor(to.getTime() / 1000);
}
