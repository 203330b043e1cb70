import { ApplicationFailure } from "@temporalio/common";
import type {
  BillingActivities,
  BillingCall,
  BookingActivities,
  EntitlementActivities,
  OrderActivities,
  OrderRef,
  RunStep,
} from "@usher/activities";

/** What one order is, for a test to change while its run is on. */
export interface OrderInMemory {
  revision: number;
  needsApproval: boolean;
  /** Revision hashes that were approved. */
  readonly approved: Set<string>;
  dueInMs: number | null;
  canceledBy: string | null;
  problem: { readonly type: string; readonly retryInMs: number | null } | null;
  billedRevision: number;
  /** Noted before the vendor is called. */
  mayBeBilled: boolean;
  /** What the plan asks for beside the grant; left out, as a plan of an older release has it. */
  calls: readonly [BillingCall, ...BillingCall[]] | null;
  grantedRevision: number;
  readonly undone: Set<string>;
  /** Everything that happened, in order. */
  readonly journal: string[];
}

/** Something a test puts in a step's way. */
export type Hook = (call: {
  readonly order: OrderInMemory;
  readonly revision: number;
}) => Promise<void>;

/**
 * The activities over a few fields instead of a database, for tests of the order and timing of
 * the run itself. The rules proper are tested in entitlement-core, the SQL with a real PostgreSQL.
 */
export function createHubInMemory() {
  const orders = new Map<string, OrderInMemory>();
  let plan: Hook = async () => undefined;
  let bill: Hook = async () => undefined;
  let book: Hook = async () => undefined;
  let takeBillsBack: Hook = async () => undefined;

  const of = ({ orderId }: OrderRef): OrderInMemory => {
    const order = orders.get(orderId);
    if (order === undefined) throw new Error(`No order ${orderId} was added.`);
    return order;
  };

  const next = (order: OrderInMemory): RunStep => {
    const step = { details: "" };
    if (order.problem !== null) {
      return { ...step, kind: "wait-for-fix", retryInMs: order.problem.retryInMs };
    }
    if (order.canceledBy !== null) {
      const mayBeBooked = order.mayBeBilled && (order.calls?.includes("book") ?? false);
      const isMade = {
        grant: order.grantedRevision > 0,
        book: mayBeBooked,
        bill: order.mayBeBilled,
      };
      const [first, ...others] = (["grant", "book", "bill"] as const).filter(
        (one) => isMade[one] && !order.undone.has(one),
      );
      return first === undefined
        ? { ...step, kind: "done", status: "Canceled" }
        : { ...step, kind: "undo", steps: [first, ...others], reason: "canceled" };
    }
    const hash = hashOf(order.revision);
    if (order.needsApproval && !order.approved.has(hash)) {
      return { ...step, kind: "wait-for-approval", revisionHash: hash, dueInMs: order.dueInMs };
    }
    if (order.billedRevision !== order.revision) {
      order.mayBeBilled = true;
      const { revision, calls } = order;
      return { ...step, kind: "bill", revision, ...(calls === null ? {} : { calls }) };
    }
    if (order.grantedRevision !== order.revision) {
      return { ...step, kind: "grant", revision: order.revision };
    }
    return { ...step, kind: "done", status: "Active" };
  };

  const activities: OrderActivities &
    EntitlementActivities &
    BillingActivities &
    BookingActivities = {
    planOrder: async (ref) => {
      await plan({ order: of(ref), revision: of(ref).revision });
      return next(of(ref));
    },
    retryOrder: async (ref) => {
      const order = of(ref);
      order.journal.push("retry");
      order.problem = null;
      return next(order);
    },
    recordFailure: async ({ failure, ...ref }) => {
      const order = of(ref);
      order.journal.push(`problem ${failure.step} ${failure.type}`);
      order.problem = { type: failure.type, retryInMs: failure.type === "transient" ? 50 : null };
      return next(order);
    },
    cancelOrder: async ({ by, ...ref }) => {
      of(ref).canceledBy ??= by;
      of(ref).problem = null;
    },
    recordUndone: async ({ step, outcome, ...ref }) => {
      const order = of(ref);
      order.journal.push(`${outcome} ${step}`);
      if (outcome === "undone") order.undone.add(step);
      else order.problem = { type: "undo_failed", retryInMs: null };
    },
    grantOrder: async ({ revision, ...ref }) => {
      const order = of(ref);
      if (order.canceledBy !== null || order.revision !== revision) return next(order);
      order.journal.push(`grant ${revision}`);
      order.grantedRevision = revision;
      return next(order);
    },
    revokeGrant: async (ref) => {
      of(ref).journal.push("revoke");
    },
    billOrder: async ({ revision, ...ref }) => {
      const order = of(ref);
      await bill({ order, revision });
      order.journal.push(`bill ${revision}`);
      order.billedRevision = revision;
    },
    bookOrder: async ({ revision, ...ref }) => {
      const order = of(ref);
      await book({ order, revision });
      order.journal.push(`book ${revision}`);
    },
    cancelBooking: async (ref) => {
      of(ref).journal.push("cancel booking");
    },
    cancelBilling: async (ref) => {
      const order = of(ref);
      order.journal.push("cancel bill");
      await takeBillsBack({ order, revision: order.revision });
    },
  };

  return {
    activities,
    add: (orderId: string, given: Partial<OrderInMemory> = {}): OrderInMemory => {
      const order: OrderInMemory = {
        revision: 1,
        needsApproval: false,
        approved: new Set(),
        dueInMs: null,
        canceledBy: null,
        problem: null,
        billedRevision: 0,
        mayBeBilled: false,
        calls: null,
        grantedRevision: 0,
        undone: new Set(),
        journal: [],
        ...given,
      };
      orders.set(orderId, order);
      return order;
    },
    whenPlanned: (hook: Hook) => {
      plan = hook;
    },
    whenBilled: (hook: Hook) => {
      bill = hook;
    },
    whenBooked: (hook: Hook) => {
      book = hook;
    },
    whenBillsAreTakenBack: (hook: Hook) => {
      takeBillsBack = hook;
    },
  };
}

export function hashOf(revision: number): string {
  return `hash-of-${revision}`;
}

export function refused(type: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`refused: ${type}`, type);
}
