/**
 * What a run of `fulfillOrder` is to do next, decided on the truth in the database.
 * `details` is for Temporal's own screens, in clear: our words and amounts, no person.
 * `made` names what may exist by now and would have to be undone, oldest first; it is written
 * before the call that makes it, so a call whose answer was lost is in it.
 */
export type NextStep = StepOfAnyKind &
  (
    | { readonly kind: "bill"; readonly revision: number }
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
    | { readonly kind: "undo" }
    | { readonly kind: "done"; readonly status: string }
  );

interface StepOfAnyKind {
  readonly details: string;
  readonly made: readonly UndoableStep[];
}

/** Steps with an effect that a canceled or rejected order must not leave behind. */
export type UndoableStep = "bill" | "grant";

/** Names one order; ids only, since an activity's input stands in the history. */
export interface OrderRef {
  readonly tenantId: string;
  readonly orderId: string;
}

/** A step that failed for good, in the words of `toTemporalFailure`. */
export interface StepFailure {
  readonly step: "plan" | "bill" | "grant";
  /** A `ConnectorErrorCategory`, or one of `ownFailureTypes`. */
  readonly type: string;
  readonly message: string;
  readonly where: { readonly record: string; readonly field: string } | null;
}
