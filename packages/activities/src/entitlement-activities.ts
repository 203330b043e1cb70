import type { NextStep, OrderRef } from "./next-step.ts";

/** Local activities on rights and tokens. */
export interface EntitlementActivities {
  /**
   * Supersedes, grants, signs the token and says so on the timeline, all in one transaction, if
   * the order still asks for exactly this revision; then answers the step after it.
   */
  grantOrder(input: OrderRef & { readonly revision: number }): Promise<NextStep>;
  /** Ends the order's rights from now and revokes its tokens. Repeatable. */
  revokeGrant(input: OrderRef & { readonly reason: string }): Promise<void>;
}
