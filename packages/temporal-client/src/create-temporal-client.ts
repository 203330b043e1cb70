import { Client } from "@temporalio/client";
import type { NativeConnection } from "@temporalio/worker";
import { createDataConverter } from "./data-converter.ts";
import type { PayloadKeys } from "./payload-keys.ts";

export interface TemporalClientDependencies {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly payloadKeys: PayloadKeys;
}

/** A Temporal client whose payloads are encrypted like the worker's. */
export function createTemporalClient(deps: TemporalClientDependencies): Client {
  return new Client({
    connection: deps.connection,
    namespace: deps.namespace,
    dataConverter: createDataConverter(deps.payloadKeys),
  });
}
