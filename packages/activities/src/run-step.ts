import type { BillingCall, UndoableStep } from "@usher/entitlement-core/order";

/**
 * What a run of `fulfillOrder` is to do next, decided on the truth in the database.
 * `details` is for Temporal's own screens, in clear: our words and amounts, no person.
 */
export type RunStep = StepOfAnyKind &
  (
    | {
        readonly kind: "bill";
        readonly revision: number;
        /** What is asked for, side by side. Left out by workers of older releases: then only the bill. */
        readonly calls?: readonly [BillingCall, ...BillingCall[]];
      }
    | { readonly kind: "grant"; readonly revision: number }
    | {
        readonly kind: "wait-for-approval";
        /** The only revision hash for which a decision is taken now. */
        readonly revisionHash: string;
        /** Milliseconds until silence has a consequence; null: never. */
        readonly dueInMs: number | null;
      }
    | {
        readonly kind: "wait-for-fix";
        /** Milliseconds until the step is tried again by itself; null: a person has to act. */
        readonly retryInMs: number | null;
      }
    | {
        readonly kind: "undo";
        /**
         * In the order of undoing: the last made first. What is to be undone is noted in the
         * database before the call that makes it, so a call whose answer was lost is among them.
         */
        readonly steps: readonly [UndoableStep, ...UndoableStep[]];
        readonly reason: string;
      }
    | { readonly kind: "done"; readonly status: string }
  );

interface StepOfAnyKind {
  readonly details: string;
}

export type { BillingCall, UndoableStep };

/** Names one order; ids only, since an activity's input stands in the history. */
export interface OrderRef {
  readonly tenantId: string;
  readonly orderId: string;
}

/** A step that failed for good, in the words of `toTemporalFailure`. */
export interface StepFailure {
  readonly step: "plan" | "bill" | "book" | "grant";
  /** A `ConnectorErrorCategory`, or one of `ownFailureTypes`. */
  readonly type: string;
  readonly message: string;
  readonly where: { readonly record: string; readonly field: string } | null;
}
