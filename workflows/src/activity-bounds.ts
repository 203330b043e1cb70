import { proxyActivities, proxyLocalActivities, workflowInfo } from "@temporalio/workflow";
import type {
  BillingActivities,
  BookingActivities,
  EntitlementActivities,
  OrderActivities,
} from "@usher/activities";
import { publicText, taskQueuesBeside } from "./contract.ts";

/**
 * Our own database, inside the workflow task, which the SDK renews while it takes long.
 * A database that is away for longer is waited for by `untilDatabaseAnswers`, in durable sleeps.
 */
export const ours = proxyLocalActivities<OrderActivities & EntitlementActivities>({
  startToCloseTimeout: "5s",
  scheduleToCloseTimeout: "20s",
  retry: { initialInterval: "100ms", backoffCoefficient: 2, maximumInterval: "2s" },
  // A longer pause than this becomes a timer of the server instead of holding the task.
  localRetryThreshold: "5s",
});

const attemptBounds = {
  startToCloseTimeout: "60s",
  // An attempt that dies with its worker is noticed after this.
  heartbeatTimeout: "6s",
  cancellationType: "WAIT_CANCELLATION_COMPLETED",
} as const;

const retry = { initialInterval: "500ms", backoffCoefficient: 2, maximumInterval: "1m" } as const;

const vendorBounds = {
  ...attemptBounds,
  // Decides when people are told: the order then stands at Action needed and goes on being tried.
  scheduleToCloseTimeout: "15m",
  retry,
} as const;

/**
 * Billing, on the run's own queue: there the server hands the call to the worker that asked for it,
 * without the 40 ms of another queue. Its slots are still apart from those of workflow tasks and
 * local activities.
 */
export const billing = proxyActivities<Pick<BillingActivities, "billOrder">>({
  ...vendorBounds,
  summary: publicText("Bill the order"),
});

/**
 * Booking, on a queue of its own: thousands of orders may wait for an ERP that takes three a
 * second, and must not hold the slots of those that are billed. How long an order waits for its
 * turn says nothing of the ERP, so tries are counted instead: as many as a quarter of an hour holds.
 */
export function createBookings() {
  return proxyActivities<Pick<BookingActivities, "bookOrder">>({
    ...attemptBounds,
    retry: { ...retry, maximumAttempts: 20 },
    summary: publicText("Book the order in the ERP"),
    taskQueue: taskQueuesBeside(workflowInfo().taskQueue).bookings,
  });
}

/** Vendor calls that take something back: nobody waits for them, so they keep out of the way. */
export function createTakeBacks() {
  const bounds = { ...vendorBounds, taskQueue: taskQueuesBeside(workflowInfo().taskQueue).vendors };
  const bills = proxyActivities<Pick<BillingActivities, "cancelBilling">>({
    ...bounds,
    summary: publicText("Take the bill back"),
  });
  const bookings = proxyActivities<Pick<BookingActivities, "cancelBooking">>({
    ...bounds,
    summary: publicText("Take the ERP order back"),
  });
  return { cancelBilling: bills.cancelBilling, cancelBooking: bookings.cancelBooking };
}
