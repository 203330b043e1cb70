import type { DecisionWord, PlannedStage } from "../approval/approval-path.ts";
import type { UndoableStep } from "./order-state.ts";
import type { Problem, WaitingOn } from "./problem.ts";

/** Something that happened to an order. Append-only: the row in `order_events` is never changed. */
export type OrderEvent =
  | {
      readonly type: "order_received";
      readonly revision: number;
      readonly revisionHash: string;
      readonly dealVersion: string;
      /** A bill of it stands already; left out: none does. */
      readonly isBilled?: true;
    }
  | {
      readonly type: "revision_received";
      readonly revision: number;
      readonly revisionHash: string;
      readonly dealVersion: string;
    }
  | { readonly type: "order_validated"; readonly revision: number }
  | {
      readonly type: "approval_requested";
      readonly revision: number;
      readonly stages: readonly PlannedStage[];
      readonly waitingOn: WaitingOn;
    }
  | {
      readonly type: "approval_decided";
      readonly revision: number;
      readonly stageKey: string;
      readonly decision: DecisionWord;
      readonly decidedBy: string;
      readonly comment: string | null;
      readonly waitingOn: WaitingOn | null;
    }
  | {
      readonly type: "approval_kept";
      readonly revision: number;
      readonly stageKey: string;
      readonly decidedBy: string;
    }
  | {
      readonly type: "approval_lapsed";
      readonly revision: number;
      readonly stageKey: string;
      readonly outcome: "parked" | "denied";
    }
  | { readonly type: "order_approved"; readonly revision: number }
  | {
      readonly type: "order_rejected";
      readonly revision: number;
      readonly by: string;
      readonly comment: string | null;
    }
  | {
      readonly type: "provisioning_started";
      readonly revision: number;
      /** True where an ERP was connected: a sales order may exist from then on. */
      readonly books?: boolean;
    }
  | {
      readonly type: "order_billed";
      readonly revision: number;
      readonly system: string;
      readonly recordId: string;
      readonly totalMinor: number;
      readonly currency: string;
    }
  | {
      readonly type: "order_booked";
      readonly revision: number;
      readonly system: string;
      readonly recordId: string;
      /** What people in the ERP call the sales order. */
      readonly number: string;
      /** Before taxes. */
      readonly totalMinor: number;
      readonly currency: string;
    }
  | {
      readonly type: "payment_recorded";
      readonly revision: number;
      readonly system: string;
      readonly recordId: string;
      readonly outcome: "paid" | "failed";
    }
  | {
      readonly type: "access_kept";
      /** The revision whose content is again what an earlier one granted, so that nothing is done. */
      readonly revision: number;
    }
  | {
      readonly type: "entitlements_granted";
      readonly revision: number;
      readonly entitlementIds: readonly string[];
      readonly activeFromIso: string;
      readonly activeUntilIso: string | null;
    }
  | {
      readonly type: "token_issued";
      readonly revision: number;
      readonly jti: string;
      readonly kid: string;
    }
  | {
      readonly type: "crm_told";
      readonly revision: number;
      readonly system: string;
      readonly recordId: string;
      readonly status: string;
      readonly sequence: number;
    }
  | { readonly type: "problem_found"; readonly revision: number; readonly problem: Problem }
  | {
      readonly type: "order_resumed";
      readonly revision: number;
      readonly by: string;
      readonly because: string;
    }
  | {
      readonly type: "undoing_started";
      readonly revision: number;
      readonly becomes: "canceled" | "rejected";
      readonly steps: readonly [UndoableStep, ...UndoableStep[]];
      readonly by: string;
      readonly reason: string | null;
    }
  | {
      readonly type: "step_undone";
      readonly revision: number;
      readonly step: UndoableStep;
      readonly outcome: "undone" | "failed";
      readonly detail: string | null;
    }
  | {
      readonly type: "order_canceled";
      readonly revision: number;
      readonly by: string;
      readonly reason: string | null;
    }
  | { readonly type: "order_ended"; readonly revision: number };

export type OrderEventType = OrderEvent["type"];
