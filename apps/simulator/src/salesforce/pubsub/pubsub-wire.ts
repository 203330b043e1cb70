import { fileURLToPath } from "node:url";
import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

export interface FetchRequest {
  readonly topic_name: string;
  readonly replay_preset: "LATEST" | "EARLIEST" | "CUSTOM";
  readonly replay_id: Uint8Array;
  readonly num_requested: number;
}

export interface FetchResponse {
  readonly events: readonly {
    readonly event: {
      readonly id: string;
      readonly schema_id: string;
      readonly payload: Uint8Array;
    };
    readonly replay_id: Uint8Array;
  }[];
  readonly latest_replay_id: Uint8Array;
  readonly rpc_id: string;
  readonly pending_num_requested: number;
}

/** The service as its published definition says it. */
export const pubSubService: ServiceDefinition = readService();

function readService(): Record<string, MethodDefinition<object, object>> {
  const file = fileURLToPath(new URL("pubsub_api.proto", import.meta.url));
  const loaded = loadSync(file, { keepCase: true, enums: String, longs: String, defaults: true });
  const service = loaded["eventbus.v1.PubSub"];
  if (service === undefined || "format" in service)
    throw new Error(`${file} has no service PubSub.`);
  return service as Record<string, MethodDefinition<object, object>>;
}
