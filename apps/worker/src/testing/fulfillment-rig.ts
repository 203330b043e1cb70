import { join } from "node:path";
import type { Client, WorkflowHandle } from "@temporalio/client";
import { Worker } from "@temporalio/worker";
import { findProjectFolder } from "@usher/local-services";
import {
  bundleWorkflows,
  connectTemporal,
  createDataConverter,
  createFulfillmentClient,
  createTemporalClient,
  type FulfillmentClient,
} from "@usher/temporal-client";
import { testTemporal, uniqueTaskQueue } from "@usher/test-kit";
import { fulfillOrderWorkflowId, taskQueuesOf } from "@usher/workflows/contract";

import { workflowsPath } from "../workflows-path.ts";
import { quietTemporal, testPayloadKeys } from "./test-temporal-client.ts";

export interface FulfillmentRig {
  readonly client: Client;
  readonly fulfillment: FulfillmentClient;
  /** Starts a run and gives its handle. */
  start(orderId: string): Promise<WorkflowHandle>;
  handle(orderId: string): WorkflowHandle;
  stop(): Promise<void>;
}

/** A real server, a real worker on queues of its own, and the given activities. */
export async function createFulfillmentRig({
  activities,
  maxCachedWorkflows,
  slots,
}: {
  readonly activities: object;
  readonly maxCachedWorkflows?: number;
  /** How many activities of a queue run at once; the SDK's own number when left out. */
  readonly slots?: number;
}): Promise<FulfillmentRig> {
  quietTemporal();
  const { address, namespace } = testTemporal();
  const connection = await connectTemporal({ address });
  const queues = taskQueuesOf(uniqueTaskQueue("workflows"));
  const tenantId = "ten_test";
  const client = createTemporalClient({ connection, namespace, payloadKeys: testPayloadKeys });
  const fulfillment = createFulfillmentClient({ client, queues });
  const options = {
    connection,
    namespace,
    activities,
    dataConverter: createDataConverter(testPayloadKeys),
    ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }),
    ...(slots === undefined ? {} : { maxConcurrentActivityTaskExecutions: slots }),
  };
  const workers = [
    await Worker.create({
      ...options,
      taskQueue: queues.fulfillment,
      workflowBundle: await bundleWorkflows({
        workflowsPath,
        cacheFolder: join(findProjectFolder(), ".usher", "workflow-bundles"),
      }),
    }),
    await Worker.create({ ...options, taskQueue: queues.bookings }),
    await Worker.create({ ...options, taskQueue: queues.vendors }),
  ];
  const running = Promise.all(workers.map((worker) => worker.run()));
  const handle = (orderId: string) =>
    client.workflow.getHandle(fulfillOrderWorkflowId({ tenantId, orderId }));
  return {
    client,
    fulfillment,
    handle,
    start: async (orderId) => {
      await fulfillment.startFulfillment({ tenantId, orderId });
      return handle(orderId);
    },
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
