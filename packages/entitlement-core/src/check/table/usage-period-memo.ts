import type { ResetPeriod } from "../../catalog/offering.ts";
import type { Interval } from "../../kernel/instant.ts";
import { type ResetAnchor, usagePeriodAt } from "../../usage/usage-period.ts";

const entriesMax = 4_096;

/**
 * `usagePeriodAt`, remembering the last period of each anchor and reset: customers whose terms
 * start on the same day share it, and calendar arithmetic is the dearest part of a check.
 */
export function createUsagePeriodMemo(): typeof usagePeriodAt {
  const periods = new Map<string, Interval>();
  return ({ anchor, reset, at }) => {
    const key = keyOf(anchor, reset);
    const known = periods.get(key);
    if (known !== undefined && known.from <= at && (known.to === null || at < known.to)) {
      return known;
    }
    const period = usagePeriodAt({ anchor, reset, at });
    if (periods.size >= entriesMax) periods.clear();
    periods.set(key, period);
    return period;
  };
}

function keyOf({ at, timeZone }: ResetAnchor, reset: ResetPeriod): string {
  return `${at} ${reset} ${timeZone}`;
}
