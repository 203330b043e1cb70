import type { ApprovalPath, StageDecision } from "../approval/approval-path.ts";
import type { PeopleByStage } from "../approval/path-progress.ts";
import type { DealFault } from "../deal/deal-fault.ts";
import type { CurrencyCode } from "../kernel/currency.ts";
import type { Instant } from "../kernel/instant.ts";
import type { OrderContent } from "./order-content.ts";
import type { OrderState } from "./order-state.ts";
import type { Problem } from "./problem.ts";

/** The newest revision of the order: what it says, or everything that is wrong with it. */
export interface LatestRevision {
  readonly revision: number;
  readonly revisionHash: string;
  readonly dealVersion: string;
  /** Null exactly when there are faults. */
  readonly content: OrderContent | null;
  readonly faults: readonly DealFault[];
}

/** A stage that was put to its approvers for the newest revision and that nobody settled yet. */
export interface AskedStage {
  readonly stageKey: string;
  readonly inputsHash: string;
  readonly dueAt: Instant;
}

export interface ApprovalStandings {
  /**
   * The path of the newest revision: the one its approvers were asked by, where they were asked;
   * otherwise as `planApprovalPath` plans it by the policy in force.
   */
  readonly path: ApprovalPath;
  readonly people: PeopleByStage;
  /** A person's name by e-mail address in lower case; whoever is missing is shown by address. */
  readonly names: Readonly<Record<string, string>>;
  /** Every decision ever made on this order, of any revision. */
  readonly decisions: readonly StageDecision[];
  /** The open tasks of the newest revision. Parked and superseded ones are not among them. */
  readonly asked: readonly AskedStage[];
}

/** Everything `planNextStep` looks at: the truth in the database at one instant. */
export interface OrderFacts {
  readonly now: Instant;
  readonly state: OrderState;
  readonly latest: LatestRevision;
  /** Null exactly when the newest revision has no content. */
  readonly approval: ApprovalStandings | null;
  readonly billing: {
    /** False when the seller has no billing system: then nothing is billed. */
    readonly isConnected: boolean;
    /** The revision whose bills all exist and are known to us; null before the first. */
    readonly billed: { readonly revisionHash: string; readonly currency: CurrencyCode } | null;
  };
  /** The same of the ERP. Left out where the seller has none: then nothing is booked. */
  readonly booking?: {
    readonly isConnected: boolean;
    readonly booked: { readonly revisionHash: string; readonly currency: CurrencyCode } | null;
  };
  /** What the CRM should show; null when the order came from no CRM or telling it is done elsewhere. */
  readonly writeBack: {
    /** Hash of what the CRM should show now, and of what it was last told. */
    readonly desiredHash: string;
    readonly writtenHash: string | null;
    /** Set while the CRM refuses what it should show; cleared when the deal is saved or the order resumed. */
    readonly refusal: Problem | null;
  } | null;
  /** A cancelation asked for and not yet decided on. */
  readonly cancelRequest: { readonly by: string; readonly reason: string | null } | null;
}
