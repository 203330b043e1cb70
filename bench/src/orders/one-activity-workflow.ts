// @ts-expect-error: the SDK is the workspace's, not a dependency of the benchmarks; its bundler is told where to look.
import { proxyActivities } from "@temporalio/workflow";

const { nothing } = proxyActivities({ startToCloseTimeout: "10s" }) as {
  nothing(): Promise<string>;
};

/** The peer of one order: what a durable run costs on this server when it does nothing. */
export async function oneActivity(): Promise<string> {
  return await nothing();
}
