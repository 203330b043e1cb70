import { type Database, lockOrder, recordOrderCommand } from "@usher/database";
import type { Instant, OrderId } from "@usher/entitlement-core/kernel";
import type { OrderCommand } from "@usher/entitlement-core/order";
import { type CarriedOrder, carryOrder } from "./carry-order.ts";
import type { CatalogMemory } from "./catalog-memory.ts";
import type { ConnectedVendors } from "./connected-vendors.ts";
import type { AtFailpoint } from "./failpoint.ts";
import { OrderMovedError, untilOrderHoldsStill } from "./order-moved-error.ts";
import { problemFromFailure } from "./problem-from-failure.ts";
import { readOrder } from "./read-order.ts";
import type { OrderRef, RunStep, StepFailure, UndoableStep } from "./run-step.ts";
import { toRunStep } from "./to-run-step.ts";

/** Local activities: each is one transaction on our own database and may be repeated. */
export interface OrderActivities {
  /**
   * Takes the order as far as our own rules carry it and says what is to be done next. Before it
   * answers `bill` it writes down that a bill may exist from now on.
   */
  planOrder(order: OrderRef): Promise<RunStep>;
  /** Stands the order at Action needed with the cause of a step's failure. */
  recordFailure(input: OrderRef & { readonly failure: StepFailure }): Promise<RunStep>;
  /** Takes an order up again whose wait for an outside system is over. */
  retryOrder(order: OrderRef): Promise<RunStep>;
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

export interface OrderActivityDependencies {
  readonly database: Database;
  readonly vendors: ConnectedVendors;
  readonly catalogs: CatalogMemory;
  /** The instant decisions are made at; in production the database's own. */
  readonly now: (databaseNow: Instant) => Instant;
  readonly atFailpoint: AtFailpoint;
  /** Told of every order an activity has read, for traces and logs. */
  readonly onOrderRead: (carried: CarriedOrder) => void;
  /** Something changed that a CRM may have to be told. */
  readonly onChanged: (tenantId: string) => void;
}

export function createOrderActivities(deps: OrderActivityDependencies): OrderActivities {
  const plan = async (order: OrderRef, first: readonly OrderCommand[]) => {
    const carried = await carryOrderOf(deps, order, first);
    return toRunStep(carried);
  };
  return {
    planOrder: (order) => plan(order, []),
    recordFailure: ({ failure, ...order }) =>
      plan(order, [{ type: "report-problem", problem: problemFromFailure(failure) }]),
    retryOrder: (order) =>
      plan(order, [{ type: "resume", by: "usher", because: "the step is tried again" }]),
    cancelOrder: ({ by, reason, ...order }) =>
      record(deps, order, { actor: by, command: { type: "cancel", by, reason } }),
    recordUndone: async ({ step, outcome, detail, ...order }) => {
      const command = { type: "record-undone", step, outcome, detail } as const;
      await record(deps, order, { actor: "usher", command });
      deps.atFailpoint("undo.after-commit");
    },
  };
}

/** One transaction: reads the order, carries it on, and answers what is needed from outside. */
async function carryOrderOf(
  deps: OrderActivityDependencies,
  { tenantId, orderId }: OrderRef,
  first: readonly OrderCommand[],
): Promise<CarriedOrder> {
  const billing = await deps.vendors.ofKind({ tenantId, kind: "billing" });
  const erp = await deps.vendors.ofKind({ tenantId, kind: "erp" });
  const carried = await untilOrderHoldsStill({ database: deps.database, tenantId }, async (tx) => {
    const reading = await readOrder(tx, {
      orderId: orderId as OrderId,
      catalogs: deps.catalogs,
      isBillingConnected: billing.length > 0,
      isErpConnected: erp.length > 0,
      now: deps.now,
    });
    const result = await carryOrder(tx, reading, first);
    deps.atFailpoint("plan.before-commit");
    return result;
  });
  deps.atFailpoint("plan.after-commit");
  deps.onOrderRead(carried);
  deps.onChanged(tenantId);
  return carried;
}

/** A command that is refused because the order has moved on is no failure: the plan sees where it stands. */
async function record(
  deps: OrderActivityDependencies,
  { tenantId, orderId }: OrderRef,
  { actor, command }: { readonly actor: string; readonly command: OrderCommand },
): Promise<void> {
  await untilOrderHoldsStill({ database: deps.database, tenantId }, async (tx) => {
    const order = await lockOrder(tx, orderId as OrderId);
    if (order === null) throw new Error(`There is no order ${orderId} of tenant ${tenantId}.`);
    const now = deps.now(Date.now() as Instant);
    const outcome = await recordOrderCommand(tx, { order, command, actor, now });
    if (outcome.kind === "conflict") throw new OrderMovedError(orderId);
  });
  deps.onChanged(tenantId);
}
