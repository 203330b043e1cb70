import type { Problem, WaitingOn } from "./problem.ts";

/** What every living phase knows about the revision it works on. */
interface AtRevision {
  readonly revision: number;
  readonly revisionHash: string;
}

/**
 * The state of one order, folded from its events by `evolveOrder`.
 * `provisioned` tells whether access already exists, which a problem does not take away.
 */
export type OrderState =
  | { readonly phase: "nothing" }
  | (AtRevision & { readonly phase: "received" })
  | (AtRevision & { readonly phase: "awaiting-approval"; readonly waitingOn: WaitingOn })
  | (AtRevision & { readonly phase: "provisioning" })
  | (AtRevision & {
      readonly phase: "active";
      readonly activeFromIso: string;
      readonly activeUntilIso: string | null;
    })
  | (AtRevision & {
      readonly phase: "action-needed";
      readonly problem: Problem;
      readonly provisioned: boolean;
    })
  | (AtRevision & {
      readonly phase: "rejected";
      readonly by: string;
      readonly comment: string | null;
    })
  | (AtRevision & {
      readonly phase: "canceled";
      readonly by: string;
      readonly reason: string | null;
    })
  | (AtRevision & { readonly phase: "ended" });
