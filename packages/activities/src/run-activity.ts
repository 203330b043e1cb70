import { activityInfo, Context } from "@temporalio/activity";
import { toTemporalFailure } from "./to-temporal-failure.ts";

const heartbeatEveryMs = 2_000;

/**
 * Wraps activity implementations so that whatever they throw becomes Temporal's in the one place
 * that decides it, and remote ones say every two seconds that they live.
 */
export function asActivities<Activities extends object>(activities: Activities): Activities {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (...input: readonly unknown[]) =>
      runActivity(() => (activity as (...args: readonly unknown[]) => Promise<unknown>)(...input)),
  ]);
  return Object.fromEntries(wrapped) as Activities;
}

async function runActivity(activity: () => Promise<unknown>): Promise<unknown> {
  const { attempt, heartbeatTimeoutMs } = activityInfo();
  const context = Context.current();
  const heartbeat =
    heartbeatTimeoutMs === undefined
      ? undefined
      : setInterval(() => context.heartbeat(), heartbeatEveryMs);
  try {
    return await activity();
  } catch (error) {
    // A call that was broken off ends as the cancelation it is, not as the vendor's failure.
    if (context.cancellationSignal.aborted) await context.cancelled;
    throw toTemporalFailure({ error, attempt, random: Math.random });
  } finally {
    clearInterval(heartbeat);
  }
}
