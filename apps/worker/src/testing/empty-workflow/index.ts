import { proxyActivities } from "@temporalio/workflow";

const { nothing } = proxyActivities<{ nothing(): Promise<void> }>({
  startToCloseTimeout: "10s",
  scheduleToCloseTimeout: "1m",
});

/** The yardstick: a workflow that asks for one activity that does nothing. */
export async function empty(): Promise<void> {
  await nothing();
}
