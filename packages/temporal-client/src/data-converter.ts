import { fileURLToPath } from "node:url";
import type { DataConverter } from "@temporalio/common";
import { createPayloadCodec } from "./payload-codec.ts";
import type { PayloadKeys } from "./payload-keys.ts";

/** Handed to the bundler as well: a prebuilt bundle carries its converters. */
export const failureConverterPath = fileURLToPath(
  new URL("./failure-converter.ts", import.meta.url),
);

/** The one way payloads are written and read, the same for client, worker and replay. */
export function createDataConverter(keys: PayloadKeys): DataConverter {
  return { payloadCodecs: [createPayloadCodec(keys)], failureConverterPath };
}
