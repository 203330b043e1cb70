/** The peer's worker, set up as the hub's: uncompressed native connection, the same slots and pollers. */
import { fileURLToPath } from "node:url";
import { tellParent } from "../processes/parent.ts";
import { NativeConnection, peerAnswer, peerQueue, quietly, Worker } from "./temporal-sdk.ts";

quietly();
const connection = await NativeConnection.connect({
  address: process.env["TEMPORAL_ADDRESS"] ?? "",
  grpcCompression: { codec: "none" },
});
const worker = await Worker.create({
  connection,
  namespace: process.env["TEMPORAL_NAMESPACE"] ?? "default",
  taskQueue: peerQueue,
  workflowsPath: fileURLToPath(new URL("./one-activity-workflow.ts", import.meta.url)),
  bundlerOptions: {
    webpackConfigHook: (config) => ({
      ...config,
      resolve: {
        ...config.resolve,
        modules: [
          fileURLToPath(new URL("../../../workflows/node_modules", import.meta.url)),
          "node_modules",
        ],
      },
    }),
  },
  activities: { nothing: async () => peerAnswer },
  maxConcurrentWorkflowTaskExecutions: 40,
  maxConcurrentActivityTaskExecutions: 50,
  maxCachedWorkflows: 500,
  workflowTaskPollerBehavior: { type: "autoscaling" },
});
void worker.run();
tellParent("ready");
