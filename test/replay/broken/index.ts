import { proxyLocalActivities, sleep } from "@temporalio/workflow";

const ours = proxyLocalActivities<{ planOrder(order: unknown): Promise<{ status: string }> }>({
  startToCloseTimeout: "5s",
});

/** A release that changed the order of its steps without a patch: open runs could not go on with it. */
export async function fulfillOrder(order: unknown): Promise<{ status: string }> {
  await sleep(1_000);
  return await ours.planOrder(order);
}
