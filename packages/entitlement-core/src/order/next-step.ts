import type { ApprovalPath, PlannedStage } from "../approval/approval-path.ts";
import type { Instant } from "../kernel/instant.ts";
import type { KeptApproval, OrderCommand } from "./order-command.ts";
import type { UndoableStep } from "./order-state.ts";
import type { Problem, WaitingOn } from "./problem.ts";
import type { OrderStatus } from "./status-ladder.ts";

/** A stage to put to its approvers now. */
export interface StageToAsk {
  readonly stage: PlannedStage;
  /** Whoever may decide it, in lower case. */
  readonly approverEmails: readonly string[];
  readonly dueAt: Instant;
}

/** `bill`: the bills, in the billing system. `book`: the sales order, in the ERP. */
export type BillingCall = "bill" | "book";

/**
 * What to do next with an order. Every step may be done twice: whoever takes over after a crash
 * reads the same facts, gets the same step and finds what the dead one left.
 */
export type NextStep =
  /** Write the events of this command and plan again. Needs nothing but our own database. */
  | { readonly step: "record"; readonly command: OrderCommand }
  /** The same with `report-problem`: the order will stand at Action needed. */
  | { readonly step: "report-problem"; readonly problem: Problem }
  /** Open tasks for these stages, supersede all other open ones, and record `request-approval`. */
  | {
      readonly step: "request-approval";
      readonly revision: number;
      readonly revisionHash: string;
      /** The whole path, with the stages of later steps. */
      readonly path: ApprovalPath;
      /** The stages to ask now. */
      readonly ask: readonly [StageToAsk, ...StageToAsk[]];
      readonly kept: readonly KeptApproval[];
      readonly waitingOn: WaitingOn;
    }
  /** Make what the calls name for this revision, side by side, replacing what stands for an earlier one. */
  | {
      readonly step: "bill";
      readonly revision: number;
      readonly revisionHash: string;
      readonly calls: readonly [BillingCall, ...BillingCall[]];
    }
  /** Write entitlements and token of this revision in one transaction and record `record-grant`. */
  | { readonly step: "grant"; readonly revision: number; readonly revisionHash: string }
  /** Tell the CRM where the order stands. */
  | { readonly step: "tell"; readonly status: OrderStatus }
  /** Take back what was made, and record `record-undone` for each, in this order. */
  | {
      readonly step: "undo";
      readonly undo: readonly [UndoableStep, ...UndoableStep[]];
      readonly because: string;
    }
  | {
      readonly step: "wait";
      /** `approval`: a decision; `fix`: an edit in the CRM, a catalog change, a resume. Anything new ends it. */
      readonly for: "approval" | "fix";
      /** The only revision on which a decision is taken now; null when none is. */
      readonly revisionHash: string | null;
      /** When to plan again if nothing came. Null: only news changes anything. */
      readonly until: Instant | null;
      /** True when the cause may have passed by itself, so that a later try makes sense. */
      readonly mayPassByItself: boolean;
    }
  | {
      readonly step: "done";
      readonly status: OrderStatus;
      /** When an active order's last right ends: planned again from then on, it becomes Ended. */
      readonly endsAt: Instant | null;
    };
