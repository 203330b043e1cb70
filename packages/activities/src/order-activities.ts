import type { NextStep, OrderRef, StepFailure, UndoableStep } from "./next-step.ts";

/** Local activities: each is one transaction on our own database and may be repeated. */
export interface OrderActivities {
  /**
   * Takes the order as far as our own rules carry it and says what is to be done next. Before it
   * answers `bill` it writes down that a bill may exist from now on.
   */
  planOrder(order: OrderRef): Promise<NextStep>;
  /** Stands the order at Action needed with the cause of a step's failure. */
  recordFailure(input: OrderRef & { readonly failure: StepFailure }): Promise<NextStep>;
  /** Takes an order up again whose wait for an outside system is over. */
  retryOrder(order: OrderRef): Promise<NextStep>;
  /** Cancels the order unless it is canceled already or can no longer be. */
  cancelOrder(
    input: OrderRef & { readonly by: string; readonly reason: string | null },
  ): Promise<void>;
  /** Writes on the timeline how the undoing of a step went; a failure stands the order at Action needed. */
  recordUndone(
    input: OrderRef & {
      readonly step: UndoableStep;
      readonly outcome: "undone" | "failed";
      readonly detail: string | null;
    },
  ): Promise<void>;
}
