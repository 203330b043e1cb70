import { createRequire } from "node:module";
import type * as temporalClient from "../../../apps/worker/node_modules/@temporalio/client/lib/index.d.ts";
import type * as temporalWorker from "../../../apps/worker/node_modules/@temporalio/worker/lib/index.d.ts";

// The very SDK that the hub runs on: peers on another version would measure the version.
const require = createRequire(new URL("../../../apps/worker/package.json", import.meta.url));

export const { Client, Connection } = require("@temporalio/client") as typeof temporalClient;
export const { DefaultLogger, NativeConnection, Runtime, Worker } =
  require("@temporalio/worker") as typeof temporalWorker;

export const quietly = (): void => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
};

export const peerQueue = "bench-one-activity";
export const peerAnswer = "nothing was done";
