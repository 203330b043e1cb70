import { proxyActivities, proxyLocalActivities, workflowInfo } from "@temporalio/workflow";
import type { BillingActivities, EntitlementActivities, OrderActivities } from "@usher/activities";
import { vendorsQueueBeside } from "./contract.ts";

/**
 * Our own database, inside the workflow task, which the SDK renews while it takes longer than five
 * seconds.
 * A database that is away for longer is waited for by `untilDatabaseAnswers`, in durable sleeps.
 */
export const ours = proxyLocalActivities<OrderActivities & EntitlementActivities>({
  startToCloseTimeout: "5s",
  scheduleToCloseTimeout: "20s",
  retry: { initialInterval: "100ms", backoffCoefficient: 2, maximumInterval: "2s" },
  // A longer pause than this becomes a timer of the server instead of holding the task.
  localRetryThreshold: "5s",
});

/**
 * Calls to vendors. An attempt that dies with its worker is noticed after the heartbeat's
 * time-out. The total bound decides when people are told: the order then stands at Action needed
 * and goes on being tried.
 */
export function createVendors() {
  return proxyActivities<BillingActivities>({
    taskQueue: vendorsQueueBeside(workflowInfo().taskQueue),
    startToCloseTimeout: "60s",
    scheduleToCloseTimeout: "15m",
    heartbeatTimeout: "6s",
    cancellationType: "WAIT_CANCELLATION_COMPLETED",
    retry: { initialInterval: "500ms", backoffCoefficient: 2, maximumInterval: "1m" },
  });
}
