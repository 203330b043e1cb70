import type { NativeConnection } from "@temporalio/worker";
import { type ActivityInterceptorsFactory, Worker } from "@temporalio/worker";
import { createDataConverter, type PayloadKeys, type WorkflowBundle } from "@usher/temporal-client";
import type { TaskQueues } from "@usher/workflows/contract";

export interface TemporalWorkersInput {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly queues: TaskQueues;
  readonly payloadKeys: PayloadKeys;
  readonly workflowBundle: WorkflowBundle;
  /** On our own database: local to the workflow task. */
  readonly ownActivities: object;
  /** Calls to vendors: on every queue. */
  readonly vendorActivities: object;
  readonly interceptor: ActivityInterceptorsFactory;
  readonly shutdownGraceMs: number;
  readonly onStopped: (error: unknown) => void;
}

export interface TemporalWorkers {
  /** All workers poll. */
  isRunning(): boolean;
  /** No new work is taken; resolves when what was taken has ended or the grace is over. */
  stop(): Promise<void>;
}

/** One process, one connection, a worker a queue. */
export async function startTemporalWorkers(input: TemporalWorkersInput): Promise<TemporalWorkers> {
  const shared = {
    connection: input.connection,
    namespace: input.namespace,
    dataConverter: createDataConverter(input.payloadKeys),
    interceptors: { activity: [input.interceptor] },
    shutdownGraceTime: input.shutdownGraceMs,
    // Below whatever an orchestrator waits before it kills.
    shutdownForceTime: input.shutdownGraceMs + 5_000,
  };
  const workers = [
    await Worker.create({
      ...shared,
      taskQueue: input.queues.fulfillment,
      workflowBundle: input.workflowBundle,
      activities: { ...input.ownActivities, ...input.vendorActivities },
      // Vendors' calls have slots of their own, so a slow one takes none of our own steps'.
      maxConcurrentActivityTaskExecutions: 50,
      maxConcurrentWorkflowTaskExecutions: 40,
      maxConcurrentLocalActivityExecutions: 100,
      // About a megabyte each; a run that waits for an approver is replayed when it is woken.
      maxCachedWorkflows: 500,
      // How long a task waits for the worker that has the run cached, should that have died.
      stickyQueueScheduleToStartTimeout: "5s",
      workflowTaskPollerBehavior: { type: "autoscaling" },
    }),
    await Worker.create({
      ...shared,
      taskQueue: input.queues.bookings,
      activities: input.vendorActivities,
      maxConcurrentActivityTaskExecutions: 50,
    }),
    await Worker.create({
      ...shared,
      taskQueue: input.queues.vendors,
      activities: input.vendorActivities,
      maxConcurrentActivityTaskExecutions: 50,
    }),
  ];
  const runs = workers.map(async (worker) => {
    try {
      await worker.run();
    } catch (error) {
      input.onStopped(error);
    }
  });
  return {
    isRunning: () => workers.every((worker) => worker.getState() === "RUNNING"),
    stop: async () => {
      for (const worker of workers) {
        if (worker.getState() === "RUNNING") worker.shutdown();
      }
      await Promise.all(runs);
    },
  };
}
