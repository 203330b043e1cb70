import { entitlementsOfCustomers, type TenantTransaction } from "@usher/database";
import type { Feature, FeatureKey } from "@usher/entitlement-core/catalog";
import {
  type Entitlement,
  effectiveEntitlement,
  hasRollover,
} from "@usher/entitlement-core/entitlement";
import { type CustomerId, earlierEnd, type Instant } from "@usher/entitlement-core/kernel";
import type { UsageRecord } from "@usher/entitlement-core/usage";
import { type Meter, readUsageRecords } from "./read-usage-records.ts";
import type { CustomerToKeep } from "./tenant-rights.ts";

export interface NamedCustomer {
  readonly id: CustomerId;
  readonly externalId: string;
}

export interface CustomerAsRead extends CustomerToKeep {
  /** When what is carried over changes without anybody writing anything; null: never. */
  readonly readAgainAt: Instant | null;
}

/**
 * Everything a check of these customers needs, as the books say it at `now`: all rights, and the
 * use of running periods with what was carried into them.
 */
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
): Promise<readonly CustomerAsRead[]> {
  if (customers.length === 0) return [];
  const ids = customers.map((one) => one.id);
  const entitlements = groupByCustomer(await entitlementsOfCustomers(tx, ids));
  const usage = await readUsage(tx, { ids, entitlements, features, now });
  return customers.map(({ id, externalId }) => ({
    customer: id,
    externalId,
    entitlements: entitlements.get(id) ?? [],
    usage: usage.get(id)?.records ?? [],
    readAgainAt: usage.get(id)?.readAgainAt ?? null,
  }));
}

interface CustomerUsage {
  readonly records: (readonly [FeatureKey, UsageRecord])[];
  readAgainAt: Instant | null;
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
): Promise<ReadonlyMap<CustomerId, CustomerUsage>> {
  const metered = features.filter((one) => one.kind === "metered");
  const found = new Map<CustomerId, CustomerUsage>();
  const usageOf = (id: CustomerId): CustomerUsage => {
    const usage = found.get(id) ?? { records: [], readAgainAt: null };
    found.set(id, usage);
    return usage;
  };
  const used = await usedFeatures(tx, ids);
  const meters: Meter[] = [];
  for (const customerId of ids) {
    const rights = entitlements.get(customerId) ?? [];
    for (const feature of metered) {
      const isUsed = used.get(customerId)?.has(feature.key) ?? false;
      const carries = hasRollover(rights, feature);
      // Most meters have never been used and carry nothing: those need no period and no sum.
      if (!isUsed && !carries) continue;
      const { period, validUntil } = effectiveEntitlement({
        entitlements: rights,
        feature,
        at: now,
      });
      if (period !== null)
        meters.push({ customerId, feature, entitlements: rights, period, until: null, isUsed });
      if (!carries) continue;
      const usage = usageOf(customerId);
      usage.readAgainAt = earlierEnd(usage.readAgainAt, validUntil);
    }
  }
  const records = await readUsageRecords(tx, meters);
  meters.forEach(({ customerId, feature }, index) => {
    const record = records[index];
    if (record !== undefined) usageOf(customerId).records.push([feature.key, record]);
  });
  return found;
}

async function usedFeatures(
  tx: TenantTransaction,
  ids: readonly CustomerId[],
): Promise<ReadonlyMap<CustomerId, ReadonlySet<string>>> {
  const rows = await tx.db
    .selectFrom("usage_totals")
    .select(["customer_id", "feature"])
    .distinct()
    .where("customer_id", "in", [...ids])
    .execute();
  const used = new Map<CustomerId, Set<string>>();
  for (const { customer_id, feature } of rows) {
    const id = customer_id as CustomerId;
    used.set(id, (used.get(id) ?? new Set()).add(feature));
  }
  return used;
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
