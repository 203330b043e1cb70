import { findCustomer, type TenantTransaction } from "@usher/database";

/** True when the customer has ordered nothing yet, or is not known at all. */
export async function isFirstOrder(tx: TenantTransaction, externalId: string): Promise<boolean> {
  const customer = await findCustomer(tx, { externalId });
  if (customer === null) return true;
  const order = await tx.db
    .selectFrom("orders")
    .select("id")
    .where("customer_id", "=", customer.id)
    .limit(1)
    .executeTakeFirst();
  return order === undefined;
}
