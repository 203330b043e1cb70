import { proxyActivities, proxyLocalActivities, workflowInfo } from "@temporalio/workflow";
import type {
  BillingActivities,
  BookingActivities,
  EntitlementActivities,
  OrderActivities,
} from "@usher/activities";
import { vendorsQueueBeside } from "./contract.ts";

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

const vendorBounds = {
  startToCloseTimeout: "60s",
  // Decides when people are told: the order then stands at Action needed and goes on being tried.
  scheduleToCloseTimeout: "15m",
  // An attempt that dies with its worker is noticed after this.
  heartbeatTimeout: "6s",
  cancellationType: "WAIT_CANCELLATION_COMPLETED",
  retry: { initialInterval: "500ms", backoffCoefficient: 2, maximumInterval: "1m" },
} as const;

/**
 * Vendor calls that an order waits for, on the run's own queue: there the server hands the call
 * to the worker that asked for it, without the 40 ms of another queue. Their slots are still
 * apart from those of workflow tasks and local activities.
 */
export const vendors = proxyActivities<
  Pick<BillingActivities, "billOrder"> & Pick<BookingActivities, "bookOrder">
>(vendorBounds);

/** Vendor calls that take something back: nobody waits for them, so they keep out of the way. */
export function createTakeBacks() {
  return proxyActivities<
    Pick<BillingActivities, "cancelBilling"> & Pick<BookingActivities, "cancelBooking">
  >({
    ...vendorBounds,
    taskQueue: vendorsQueueBeside(workflowInfo().taskQueue),
  });
}
