import { type TenantTransaction, usageBetween } from "@usher/database";
import type { Feature } from "@usher/entitlement-core/catalog";
import {
  type CarryingPeriod,
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

/** What was used and what was carried into the period, answered in the order asked, by one statement. */
export async function readUsageRecords(
  tx: TenantTransaction,
  meters: readonly Meter[],
): Promise<readonly UsageRecord[]> {
  const asked = meters.map((meter) => ({
    ...meter,
    // Whatever was used in each may matter; where nothing ever was, the chain is cut short below.
    chain: meter.isUsed ? [...chainBefore(meter)] : [],
  }));
  const sums = await usageBetween(
    tx,
    asked.flatMap(({ customerId, feature: { key: feature }, period, until, isUsed, chain }) =>
      isUsed
        ? [
            { customerId, feature, from: period.from, to: until ?? period.to },
            ...chain.map((ended) => ({ customerId, feature, ...ended.period })),
          ]
        : [],
    ),
  );
  const answers = sums.values();
  const nextSum = () => answers.next().value ?? 0;
  return asked.map((meter) => {
    const periodFrom = meter.period.from;
    if (!meter.isUsed) {
      const carried = carriedInto({ periods: chainBefore(meter), usedIn: () => 0 });
      return { periodFrom, used: 0, carried };
    }
    const used = nextSum();
    const usedFrom = new Map(meter.chain.map(({ period }) => [period.from, nextSum()]));
    const usedIn = ({ from }: Interval) => usedFrom.get(from) ?? 0;
    return { periodFrom, used, carried: carriedInto({ periods: meter.chain, usedIn }) };
  });
}

function chainBefore({ entitlements, feature, period }: Meter): Iterable<CarryingPeriod> {
  return hasRollover(entitlements, feature)
    ? periodsBefore({ entitlements, feature, into: period })
    : [];
}
