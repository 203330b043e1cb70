import {
  type Database,
  entitlementsOfCustomers,
  findCustomer,
  loadPublishedCatalog,
} from "@usher/database";
import { type CheckAnswer, checkEntitlement } from "@usher/entitlement-core/check";
import { effectiveEntitlement } from "@usher/entitlement-core/entitlement";
import type { Instant, TenantId } from "@usher/entitlement-core/kernel";
import { customerBy } from "../wire/customer-by.ts";
import { readUsageRecords } from "./read-usage-records.ts";

/** A check of an instant that has passed: answered from the books, with the use as it was then. */
export async function checkThePast({
  database,
  tenantId,
  customer: reference,
  feature: key,
  amount,
  country,
  at,
}: {
  readonly database: Database;
  readonly tenantId: TenantId;
  readonly customer: string;
  readonly feature: string;
  readonly amount: number;
  readonly country: string | null;
  readonly at: Instant;
}): Promise<CheckAnswer> {
  return database.withTenant({ tenantId, readOnly: true }, async (tx) => {
    const nothingUsed = { used: 0, carried: 0 };
    const customer = await findCustomer(tx, customerBy(reference));
    if (customer === null) {
      return checkEntitlement({
        effective: { unknown: "customer" },
        amount,
        usage: nothingUsed,
        country,
      });
    }
    const feature = (await loadPublishedCatalog(tx))?.features.find((one) => one.key === key);
    if (feature === undefined) {
      return checkEntitlement({
        effective: { unknown: "feature" },
        amount,
        usage: nothingUsed,
        country,
      });
    }
    const entitlements = await entitlementsOfCustomers(tx, [customer.id]);
    const effective = effectiveEntitlement({ entitlements, feature, at });
    const { period } = effective;
    if (period === null)
      return checkEntitlement({ effective, amount, usage: nothingUsed, country });
    const [usage = nothingUsed] = await readUsageRecords(tx, [
      { customerId: customer.id, feature, entitlements, period, until: at, isUsed: true },
    ]);
    return checkEntitlement({ effective, amount, usage, country });
  });
}
