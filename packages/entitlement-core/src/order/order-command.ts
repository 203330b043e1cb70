import type { ApprovalPath, DecisionWord } from "../approval/approval-path.ts";
import type { UndoableStep } from "./order-state.ts";
import type { Problem, WaitingOn } from "./problem.ts";

export interface KeptApproval {
  readonly stageKey: string;
  readonly decidedBy: string;
}

/** Something asked of an order. `decideOrder` answers with the events it causes, or why not. */
export type OrderCommand =
  | {
      readonly type: "receive";
      readonly revisionHash: string;
      readonly dealVersion: string;
      /** Its customer bought it on a page: the bill is there before the order. */
      readonly isBilled?: boolean;
    }
  | { readonly type: "revise"; readonly revisionHash: string; readonly dealVersion: string }
  | { readonly type: "report-problem"; readonly problem: Problem }
  | {
      readonly type: "request-approval";
      /** The stages that are asked now. */
      readonly path: ApprovalPath;
      readonly waitingOn: WaitingOn;
      /** Decisions on an earlier revision that still count. */
      readonly kept?: readonly KeptApproval[];
    }
  /** Earlier decisions settle every stage of the newer revision: nobody has to be asked again. */
  | { readonly type: "keep-approvals"; readonly kept: readonly KeptApproval[] }
  /** The decisions on record settle the path, though no single one of them did when it was recorded. */
  | { readonly type: "complete-approval" }
  | { readonly type: "reject"; readonly by: string; readonly comment: string | null }
  | {
      readonly type: "lapse-approval";
      readonly stageKey: string;
      readonly stageName: string;
      readonly outcome: "parked" | "denied";
    }
  | {
      readonly type: "record-decision";
      readonly revisionHash: string;
      readonly stageKey: string;
      readonly decision: DecisionWord;
      readonly decidedBy: string;
      readonly comment: string | null;
      readonly waitingOn: WaitingOn | null;
      readonly isPathComplete: boolean;
    }
  /** `books`: there is an ERP, so a sales order may exist from now on. */
  | { readonly type: "start-provisioning"; readonly books?: boolean }
  | {
      readonly type: "record-billing";
      /** The revision that was billed; without it, the current one. */
      readonly revision?: number;
      readonly system: string;
      readonly recordId: string;
      readonly totalMinor: number;
      readonly currency: string;
    }
  | {
      readonly type: "record-booking";
      readonly revision: number;
      readonly system: string;
      readonly recordId: string;
      readonly number: string;
      readonly totalMinor: number;
      readonly currency: string;
    }
  | {
      readonly type: "record-payment";
      readonly system: string;
      readonly recordId: string;
      readonly outcome: "paid" | "failed";
    }
  | {
      readonly type: "record-grant";
      /** The revision that was granted; without it, the current one. Any other is refused. */
      readonly revision?: number;
      readonly entitlementIds: readonly string[];
      readonly activeFromIso: string;
      readonly activeUntilIso: string | null;
      readonly token: { readonly jti: string; readonly kid: string };
    }
  | {
      readonly type: "record-told";
      readonly system: string;
      readonly recordId: string;
      readonly status: string;
      readonly sequence: number;
    }
  | { readonly type: "resume"; readonly by: string; readonly because: string }
  | {
      readonly type: "record-undone";
      readonly step: UndoableStep;
      readonly outcome: "undone" | "failed";
      readonly detail: string | null;
    }
  | { readonly type: "cancel"; readonly by: string; readonly reason: string | null }
  | { readonly type: "end" };
