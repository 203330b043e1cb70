import type { OrderRef } from "./next-step.ts";

/** Remote activities on the queue `vendors`: calls to the tenant's billing system. */
export interface BillingActivities {
  /** Makes the revision's bills, or finds those an earlier attempt made, and records them. */
  billOrder(input: OrderRef & { readonly revision: number }): Promise<void>;
  /** Takes back every bill of the order. Repeatable; nothing to take back is no error. */
  cancelBilling(input: OrderRef & { readonly reason: string }): Promise<void>;
}
