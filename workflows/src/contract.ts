/**
 * What the API and the inbox may know of the workflows: names, inputs, messages.
 * Values here are plain strings and functions over strings, so that importing this file pulls in
 * neither the workflow code nor `@temporalio/workflow`.
 */

export { publicMark, publicText, publicTextLengthMax } from "./public-text.ts";

/**
 * One task queue for workflows and what they wait for, one for bookings, which an ERP takes a few
 * of a second, and one for calls to vendors that nobody waits for.
 */
export interface TaskQueues {
  readonly fulfillment: string;
  readonly bookings: string;
  readonly vendors: string;
}

/** The queues of a hub. Hubs that share a Temporal namespace need a prefix each. */
export function taskQueuesOf(prefix: string): TaskQueues {
  return {
    fulfillment: `${prefix}${fulfillmentSuffix}`,
    bookings: `${prefix}-bookings`,
    vendors: `${prefix}-vendors`,
  };
}

/** The queues of the hub on whose fulfillment queue a run lives. */
export function taskQueuesBeside(fulfillmentQueue: string): TaskQueues {
  return taskQueuesOf(fulfillmentQueue.slice(0, -fulfillmentSuffix.length));
}

const fulfillmentSuffix = "-fulfillment";

export const taskQueues = taskQueuesOf("usher");

export interface FulfillOrderInput {
  readonly tenantId: string;
  readonly orderId: string;
}

export const fulfillOrderWorkflow = "fulfillOrder";

/**
 * The business key of the run: one order, one workflow id. While it runs a second start finds it;
 * after it closed, a later revision of the same deal may start it again.
 * Ids only: workflow ids are not encrypted.
 */
export function fulfillOrderWorkflowId(input: FulfillOrderInput): string {
  return `order:${input.tenantId}:${input.orderId}`;
}

/** Update `decide`: a recorded approval decision reaches the run. The update id is the decision's id. */
export interface DecideInput {
  readonly decisionId: string;
  readonly taskId: string;
  readonly revisionHash: string;
}
export const decideUpdate = "decide";

/** Signal `wake`: something the run waits for may have changed; it reads the truth in the database. */
export interface WakeInput {
  readonly because: "revision" | "decision" | "resumed" | "catalog" | "canceled" | "write-back";
}
export const wakeSignal = "wake";

/** Signal `cancelOrder`. */
export interface CancelOrderInput {
  readonly by: string;
  readonly reason: string | null;
}
export const cancelOrderSignal = "cancelOrder";

/** Failure types by which the validator of `decide` refuses; nothing is written to the history then. */
export const decideRefusals = {
  notWaiting: "not_waiting_for_decision",
  staleRevision: "stale_revision",
} as const;

/** Where the run stands, as the query `phase` answers. */
export type FulfillmentPhase =
  | "planning"
  | "awaiting-approval"
  | "billing"
  | "granting"
  | "action-needed"
  | "undoing"
  | "closed";

/** Query `phase`: where the run stands, for tests and operators. Dashboards read PostgreSQL. */
export const phaseQuery = "phase";

/** The order's number as people say it, also on Temporal's screens: the last eight characters of its id. */
export function orderNumberOf(orderId: string): string {
  return orderId.slice(-8).toUpperCase();
}
