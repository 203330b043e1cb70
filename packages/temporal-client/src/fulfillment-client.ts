import {
  type Client,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import {
  type CancelOrderInput,
  cancelOrderSignal,
  type DecideInput,
  decideRefusals,
  decideUpdate,
  type FulfillmentPhase,
  type FulfillOrderInput,
  fulfillOrderWorkflow,
  fulfillOrderWorkflowId,
  orderNumberOf,
  phaseQuery,
  publicText,
  type TaskQueues,
  taskQueues,
  type WakeInput,
  wakeSignal,
} from "@usher/workflows/contract";

export interface StartFulfillmentInput extends FulfillOrderInput {
  /** For Temporal's screens, in clear: words of ours only, such as "2 lines · 1,200.00 USD". */
  readonly summary?: string;
}

export interface DecideCall extends FulfillOrderInput, DecideInput {
  /** How long to wait for the run to take it. Past it the outbox's wake does the same, later. */
  readonly timeoutMs?: number;
}

/**
 * What became of an Update. All but `accepted` are no loss: the decision stands in the database
 * and its outbox row wakes the run.
 */
export type DecideAnswer = "accepted" | "not_waiting" | "stale" | "no_run" | "late";

/** Everything Usher's processes say to a run of `fulfillOrder`. Every call may be repeated. */
export interface FulfillmentClient {
  /** Starts the run, eagerly if this process has a worker. `existing`: it runs or ran already. */
  startFulfillment(input: StartFulfillmentInput): Promise<"started" | "existing">;
  /** Wakes the order's run; starts one if none is open. */
  wakeOrder(input: FulfillOrderInput & WakeInput): Promise<void>;
  /** Cancels the order in whatever phase; starts a run if none is open. */
  cancelOrder(input: FulfillOrderInput & CancelOrderInput): Promise<void>;
  /** Tells the run of a recorded decision. Calls with one decision id count once. */
  decide(input: DecideCall): Promise<DecideAnswer>;
  /** True while a run of the order is open. */
  isRunning(input: FulfillOrderInput): Promise<boolean>;
  /** Where the open run stands; null when none was ever started or its history is gone. */
  phase(input: FulfillOrderInput): Promise<FulfillmentPhase | null>;
}

const decideTimeoutMs = 5_000;

export function createFulfillmentClient({
  client,
  queues = taskQueues,
  workflowTaskTimeoutMs = 10_000,
}: {
  readonly client: Client;
  readonly queues?: TaskQueues;
  /** How long a run stands still when the worker that holds its task dies. */
  readonly workflowTaskTimeoutMs?: number;
}): FulfillmentClient {
  const where = { queues, workflowTaskTimeoutMs };
  return {
    startFulfillment: async (input) => {
      try {
        await client.workflow.start(fulfillOrderWorkflow, {
          ...startOptions({ ...input, ...where }),
          // A start is only ever asked for a fresh order, so a closed run means: delivered twice.
          workflowIdReusePolicy: "REJECT_DUPLICATE",
          requestEagerStart: true,
        });
        return "started";
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return "existing";
        throw error;
      }
    },
    wakeOrder: async ({ because, ...input }) => {
      await client.workflow.signalWithStart(fulfillOrderWorkflow, {
        ...startOptions({ ...input, ...where }),
        workflowIdReusePolicy: "ALLOW_DUPLICATE",
        signal: wakeSignal,
        signalArgs: [{ because } satisfies WakeInput],
      });
    },
    cancelOrder: async ({ by, reason, ...input }) => {
      await client.workflow.signalWithStart(fulfillOrderWorkflow, {
        ...startOptions({ ...input, ...where }),
        workflowIdReusePolicy: "ALLOW_DUPLICATE",
        signal: cancelOrderSignal,
        signalArgs: [{ by, reason } satisfies CancelOrderInput],
      });
    },
    decide: (input) => decide({ client, input }),
    isRunning: async (input) => {
      try {
        const handle = client.workflow.getHandle(fulfillOrderWorkflowId(input));
        return (await handle.describe()).status.name === "RUNNING";
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
    phase: async (input) => {
      try {
        const handle = client.workflow.getHandle(fulfillOrderWorkflowId(input));
        return await handle.query<FulfillmentPhase>(phaseQuery);
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return null;
        throw error;
      }
    },
  };
}

function startOptions({
  tenantId,
  orderId,
  summary,
  queues,
  workflowTaskTimeoutMs,
}: StartFulfillmentInput & {
  readonly queues: TaskQueues;
  readonly workflowTaskTimeoutMs: number;
}) {
  return {
    workflowId: fulfillOrderWorkflowId({ tenantId, orderId }),
    taskQueue: queues.fulfillment,
    workflowTaskTimeout: workflowTaskTimeoutMs,
    args: [{ tenantId, orderId } satisfies FulfillOrderInput] as [FulfillOrderInput],
    staticSummary: publicText(
      ["Order", orderNumberOf(orderId), ...(summary === undefined ? [] : ["·", summary])].join(" "),
    ),
    staticDetails: publicText(
      "One won deal on its way to access: approve, bill, grant, tell the CRM. The order's timeline is in Usher.",
    ),
  };
}

async function decide({
  client,
  input,
}: {
  readonly client: Client;
  readonly input: DecideCall;
}): Promise<DecideAnswer> {
  const { decisionId, taskId, revisionHash } = input;
  const handle = client.workflow.getHandle(fulfillOrderWorkflowId(input));
  try {
    await client.withDeadline(Date.now() + (input.timeoutMs ?? decideTimeoutMs), () =>
      handle.executeUpdate(decideUpdate, {
        updateId: decisionId,
        args: [{ decisionId, taskId, revisionHash } satisfies DecideInput],
      }),
    );
    return "accepted";
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return "no_run";
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return "late";
    if (error instanceof WorkflowUpdateFailedError) {
      const refusal = error.cause instanceof ApplicationFailure ? error.cause.type : null;
      if (refusal === decideRefusals.staleRevision) return "stale";
      if (refusal === decideRefusals.notWaiting) return "not_waiting";
      // The run closed while the Update waited for it.
      return "no_run";
    }
    if (error instanceof ServiceError && isFailedTask(error.cause)) return "late";
    throw error;
  }
}

/**
 * FAILED_PRECONDITION: the task that took the Update was thrown away, as happens when a signal
 * arrives while the run completes. The run takes its next task without the Update.
 */
function isFailedTask(cause: unknown): boolean {
  return (cause as { readonly code?: unknown } | undefined)?.code === 9;
}
