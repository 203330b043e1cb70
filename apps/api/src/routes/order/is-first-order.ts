import { findCustomer, type TenantTransaction } from "@usher/database";

/**
 * True when no order of the customer is standing, or they are not known at all. As the run judges it
 * (`isFirstOrderOfCustomer`): what this says, and what is asked later, must not differ.
 */
export async function isFirstOrder(tx: TenantTransaction, externalId: string): Promise<boolean> {
  const customer = await findCustomer(tx, { externalId });
  if (customer === null) return true;
  const order = await tx.db
    .selectFrom("orders")
    .select("id")
    .where("customer_id", "=", customer.id)
    .where("status", "not in", ["Rejected", "Canceled"])
    .limit(1)
    .executeTakeFirst();
  return order === undefined;
}
