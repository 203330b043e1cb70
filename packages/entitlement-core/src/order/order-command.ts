import type { ApprovalPath, DecisionWord } from "../approval/approval-path.ts";
import type { Problem, WaitingOn } from "./problem.ts";

/** Something asked of an order. `decideOrder` answers with the events it causes, or why not. */
export type OrderCommand =
  | { readonly type: "receive"; readonly revisionHash: string; readonly dealVersion: string }
  | { readonly type: "revise"; readonly revisionHash: string; readonly dealVersion: string }
  | { readonly type: "report-problem"; readonly problem: Problem }
  | {
      readonly type: "request-approval";
      readonly path: ApprovalPath;
      readonly waitingOn: WaitingOn;
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
  | { readonly type: "start-provisioning" }
  | {
      readonly type: "record-billing";
      readonly system: string;
      readonly recordId: string;
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
      readonly step: string;
      readonly outcome: "undone" | "failed";
      readonly detail: string | null;
    }
  | { readonly type: "cancel"; readonly by: string; readonly reason: string | null }
  | { readonly type: "end" };
