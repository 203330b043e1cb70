import {
  entitlementsOfCustomers,
  type TenantTransaction,
  type UsageQuestion,
  usageBetween,
} from "@usher/database";
import type { Feature, FeatureKey } from "@usher/entitlement-core/catalog";
import { type Entitlement, effectiveEntitlement } from "@usher/entitlement-core/entitlement";
import type { CustomerId, Instant, Interval } from "@usher/entitlement-core/kernel";
import type { UsageRecord } from "@usher/entitlement-core/usage";
import type { CustomerToKeep } from "./tenant-rights.ts";

export interface NamedCustomer {
  readonly id: CustomerId;
  readonly externalId: string;
}

/** Everything a check of these customers needs, as the books say it at `now`: all rights, and the use in running periods. */
export async function readCustomerRights(
  tx: TenantTransaction,
  {
    customers,
    features,
    now,
  }: {
    readonly customers: readonly NamedCustomer[];
    readonly features: readonly Feature[];
    readonly now: Instant;
  },
): Promise<readonly CustomerToKeep[]> {
  if (customers.length === 0) return [];
  const ids = customers.map((one) => one.id);
  const entitlements = groupByCustomer(await entitlementsOfCustomers(tx, ids));
  const usage = await readUsage(tx, { ids, entitlements, features, now });
  return customers.map(({ id, externalId }) => ({
    customer: id,
    externalId,
    entitlements: entitlements.get(id) ?? [],
    usage: usage.get(id) ?? [],
  }));
}

interface Meter extends UsageQuestion {
  readonly period: Interval;
}

async function readUsage(
  tx: TenantTransaction,
  {
    ids,
    entitlements,
    features,
    now,
  }: {
    readonly ids: readonly CustomerId[];
    readonly entitlements: ReadonlyMap<CustomerId, readonly Entitlement[]>;
    readonly features: readonly Feature[];
    readonly now: Instant;
  },
): Promise<ReadonlyMap<CustomerId, readonly (readonly [FeatureKey, UsageRecord])[]>> {
  const metered = new Map(
    features.filter((one) => one.kind === "metered").map((one) => [one.key as string, one]),
  );
  // Most meters have never been used: those need no period and no sum.
  const used = await tx.db
    .selectFrom("usage_totals")
    .select(["customer_id", "feature"])
    .distinct()
    .where("customer_id", "in", [...ids])
    .execute();
  const meters: Meter[] = [];
  for (const row of used) {
    const feature = metered.get(row.feature);
    const customerId = row.customer_id as CustomerId;
    if (feature === undefined) continue;
    const { period } = effectiveEntitlement({
      entitlements: entitlements.get(customerId) ?? [],
      feature,
      at: now,
    });
    if (period !== null)
      meters.push({ customerId, feature: feature.key, from: period.from, to: period.to, period });
  }
  const sums = await usageBetween(tx, meters);
  const found = new Map<CustomerId, (readonly [FeatureKey, UsageRecord])[]>();
  meters.forEach((meter, index) => {
    const record: UsageRecord = {
      periodFrom: meter.period.from,
      used: sums[index] ?? 0,
      carried: 0,
    };
    found.set(meter.customerId, [...(found.get(meter.customerId) ?? []), [meter.feature, record]]);
  });
  return found;
}

function groupByCustomer(
  entitlements: readonly Entitlement[],
): ReadonlyMap<CustomerId, readonly Entitlement[]> {
  const groups = new Map<CustomerId, Entitlement[]>();
  for (const one of entitlements) {
    const group = groups.get(one.customerId);
    if (group === undefined) groups.set(one.customerId, [one]);
    else group.push(one);
  }
  return groups;
}
