import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  log,
  setCurrentDetails,
  workflowInfo,
} from "@temporalio/workflow";
import type { BillingCall, RunStep, StepFailure, UndoableStep } from "@usher/activities";
import { billing, createBookings, createTakeBacks, ours } from "./activity-bounds.ts";
import { type FulfillOrderInput, publicText } from "./contract.ts";
import { openMailbox } from "./fulfillment-messages.ts";
import { toStepFailure } from "./step-failure.ts";
import { untilDatabaseAnswers } from "./until-database-answers.ts";

export interface FulfillOrderResult {
  /** The word of the ladder at which the run ended. */
  readonly status: string;
}

const pauseAfterUnrecordedFailureMs = 5 * 60_000;

/**
 * An order's whole life takes some fifty events. One that is woken hundreds of times starts a
 * fresh history while it waits: a worker that takes it over has to replay all of it, and on a
 * busy machine thousands of events take longer than a workflow task may.
 */
const historyLengthMax = 500;

/**
 * One order from received to granted, and back if it is canceled or rejected.
 *
 * The truth is in PostgreSQL: after everything that happens the run asks `planOrder` what is next,
 * so a newer revision, a decision, a fix and a resume all arrive in the same way: as a message
 * that makes the last plan out of date. The run holds ids and a phase. It never fails: what goes
 * wrong becomes the order's Action needed, and the run waits for whoever fixes it.
 *
 * Telling the CRM is not a step here: every transaction that changes what the CRM should show
 * also asks for the write-back, last and repeatable (docs/decisions/2026-11-24-write-back-in-batches.md).
 */
export async function fulfillOrder(order: FulfillOrderInput): Promise<FulfillOrderResult> {
  const mailbox = openMailbox();
  const bookings = createBookings();
  const takeBacks = createTakeBacks();
  /** Messages that the plan in hand has taken into account. */
  let heard = 0;
  const callVendor: Readonly<Record<BillingCall, (revision: number) => Promise<void>>> = {
    bill: (revision) => billing.billOrder({ ...order, revision }),
    book: (revision) => bookings.bookOrder({ ...order, revision }),
  };

  try {
    return await fulfill();
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(cancelBecauseRunWasCanceled);
    throw error;
  }

  async function fulfill(): Promise<FulfillOrderResult> {
    for (let step = await plan(); ; ) {
      setCurrentDetails(publicText(step.details));
      switch (step.kind) {
        case "wait-for-approval":
          mailbox.phase = "awaiting-approval";
          mailbox.awaitedHash = step.revisionHash;
          await messageOrAfter(step.dueInMs);
          mailbox.awaitedHash = null;
          step = await plan();
          break;
        case "bill":
          mailbox.phase = "billing";
          step = await bill(step);
          break;
        case "grant":
          mailbox.phase = "granting";
          step = await grant(step);
          break;
        case "wait-for-fix":
          mailbox.phase = "action-needed";
          step = (await messageOrAfter(step.retryInMs)) ? await plan() : await retry();
          break;
        case "undo":
          mailbox.phase = "undoing";
          step = await undo(step);
          break;
        case "done":
          await condition(allHandlersFinished);
          if (mailbox.messages === heard) {
            mailbox.phase = "closed";
            return { status: step.status };
          }
          step = await plan();
          break;
      }
    }
  }

  async function plan(): Promise<RunStep> {
    mailbox.phase = "planning";
    return await stepOf("plan", async () => {
      const request = mailbox.cancelRequest;
      heard = mailbox.messages;
      if (request !== null) {
        await untilDatabaseAnswers(() => ours.cancelOrder({ ...order, ...request }));
        mailbox.cancelRequest = null;
      }
      return await untilDatabaseAnswers(() => ours.planOrder(order));
    });
  }

  async function retry(): Promise<RunStep> {
    return await stepOf("plan", async () => {
      heard = mailbox.messages;
      return await untilDatabaseAnswers(() => ours.retryOrder(order));
    });
  }

  /**
   * Bills in the billing system and books in the ERP, side by side: neither needs the other. A newer
   * revision or a cancelation breaks both off. All are over before anything else is decided, so
   * that nothing is taken back while it is still being made.
   */
  async function bill({ revision, calls = ["bill"] }: StepOf<"bill">): Promise<RunStep> {
    const scope = new CancellationScope();
    mailbox.onInterruption = () => scope.cancel();
    try {
      if (mailbox.messages !== heard) return await plan();
      const failed = await scope.run(() => failedOf(calls, (call) => callVendor[call](revision)));
      if (failed !== null) {
        const { call, error } = failed;
        const wasBrokenOff = scope.consideredCancelled && isCancellation(error);
        if (wasBrokenOff && !CancellationScope.current().consideredCancelled) return await plan();
        if (isCancellation(error)) throw error;
        return await actionNeeded(toStepFailure({ step: call, error }));
      }
    } finally {
      mailbox.onInterruption = null;
    }
    if (mailbox.messages !== heard) return await plan();
    return await grant({ revision });
  }

  async function grant({ revision }: { readonly revision: number }): Promise<RunStep> {
    mailbox.phase = "granting";
    return await stepOf("grant", async () => {
      heard = mailbox.messages;
      return await untilDatabaseAnswers(() => ours.grantOrder({ ...order, revision }));
    });
  }

  async function stepOf(step: StepFailure["step"], call: () => Promise<RunStep>): Promise<RunStep> {
    try {
      return await call();
    } catch (error) {
      if (isCancellation(error)) throw error;
      return await actionNeeded(toStepFailure({ step, error }));
    }
  }

  async function actionNeeded(failure: StepFailure): Promise<RunStep> {
    try {
      return await untilDatabaseAnswers(() => ours.recordFailure({ ...order, failure }));
    } catch (error) {
      if (isCancellation(error)) throw error;
      // Not even the failure could be written down. A timer keeps the run from standing still.
      log.error("A failure could not be recorded on the order.", { failure: failure.type, error });
      return { kind: "wait-for-fix", retryInMs: pauseAfterUnrecordedFailureMs, details: "" };
    }
  }

  /** True when a message came, false when the time passed without one. */
  async function messageOrAfter(ms: number | null): Promise<boolean> {
    const isNewer = () => mailbox.messages !== heard;
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    if ((continueAsNewSuggested || historyLength > historyLengthMax) && !isNewer()) {
      await condition(allHandlersFinished);
      if (!isNewer()) await continueAsNew<typeof fulfillOrder>(order);
    }
    if (ms !== null) return await condition(isNewer, Math.max(ms, 1));
    await condition(isNewer);
    return true;
  }

  /**
   * Takes back what was made, the last first. It cannot be canceled, and a step that cannot be
   * taken back is written down and does not keep the others.
   */
  async function undo({ steps, reason }: StepOf<"undo">): Promise<RunStep> {
    await CancellationScope.nonCancellable(async () => {
      for (const step of steps) {
        const failure = await failureOf(step, () => compensate({ step, reason }));
        await untilDatabaseAnswers(() =>
          ours.recordUndone({
            ...order,
            step,
            outcome: failure === null ? "undone" : "failed",
            detail: failure?.message ?? null,
          }),
        );
      }
    });
    return await plan();
  }

  async function compensate({ step, reason }: { step: UndoableStep; reason: string }) {
    switch (step) {
      case "grant":
        return await untilDatabaseAnswers(() => ours.revokeGrant({ ...order, reason }));
      case "bill":
        return await takeBacks.cancelBilling({ ...order, reason });
      case "book":
        return await takeBacks.cancelBooking({ ...order, reason });
    }
  }

  async function cancelBecauseRunWasCanceled(): Promise<void> {
    mailbox.cancelRequest ??= { by: "temporal", reason: "The run was canceled in Temporal." };
    for (let step = await plan(); step.kind === "undo"; ) step = await undo(step);
  }
}

type StepOf<Kind extends RunStep["kind"]> = Extract<RunStep, { kind: Kind }>;

/** Waits for all of them; the first that failed for a reason of its own, else one that was broken off. */
async function failedOf(
  calls: readonly BillingCall[],
  start: (call: BillingCall) => Promise<void>,
): Promise<{ readonly call: BillingCall; readonly error: unknown } | null> {
  const endings = await Promise.allSettled(calls.map(start));
  const failed = endings.flatMap((ending, index) => {
    const call = calls[index];
    return ending.status === "rejected" && call !== undefined
      ? [{ call, error: ending.reason as unknown }]
      : [];
  });
  return failed.find(({ error }) => !isCancellation(error)) ?? failed[0] ?? null;
}

async function failureOf(
  step: UndoableStep,
  call: () => Promise<unknown>,
): Promise<StepFailure | null> {
  try {
    await call();
    return null;
  } catch (error) {
    return toStepFailure({ step, error });
  }
}
