import { DefaultFailureConverter } from "@temporalio/common";

/**
 * Messages and stack traces of failures are payloads too: without this they stay in clear in
 * every history. Loaded by path, also into the workflow bundle, so it imports nothing else.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
