import { type TenantTransaction, usageBetween } from "@usher/database";
import type { Feature } from "@usher/entitlement-core/catalog";
import {
  carriedInto,
  type Entitlement,
  hasRollover,
  periodsBefore,
} from "@usher/entitlement-core/entitlement";
import type { CustomerId, Instant, Interval } from "@usher/entitlement-core/kernel";
import type { UsageRecord } from "@usher/entitlement-core/usage";

/** One customer's use of one metered feature, over the usage period that is asked about. */
export interface Meter {
  readonly customerId: CustomerId;
  readonly feature: Feature;
  /** All of the customer. */
  readonly entitlements: readonly Entitlement[];
  readonly period: Interval;
  /** Use up to here counts, exclusive; null: all of the period. */
  readonly until: Instant | null;
  /** False: nothing was ever used of it, so no sum has to be asked for. */
  readonly isUsed: boolean;
}

/** What was used and what was carried into the period, answered in the order asked. */
export async function readUsageRecords(
  tx: TenantTransaction,
  meters: readonly Meter[],
): Promise<readonly UsageRecord[]> {
  const chains = meters.map((meter) => [...chainOf(meter)]);
  const questions = meters.flatMap((meter, index) => {
    const { customerId, period, until, isUsed } = meter;
    if (!isUsed) return [];
    const feature = meter.feature.key;
    return [
      { customerId, feature, from: period.from, to: until ?? period.to },
      ...(chains[index] ?? []).map((one) => ({ customerId, feature, ...one.period })),
    ];
  });
  const sums = await usageBetween(tx, questions);
  let next = 0;
  return meters.map((meter, index) => {
    const periods = chains[index] ?? [];
    const ours = meter.isUsed ? sums.slice(next, (next += 1 + periods.length)) : [];
    const [used = 0, ...before] = ours;
    const usedBefore = new Map(periods.map(({ period }, link) => [period.from, before[link] ?? 0]));
    return {
      periodFrom: meter.period.from,
      used,
      carried: carriedInto({ periods, usedIn: ({ from }) => usedBefore.get(from) ?? 0 }),
    };
  });
}
