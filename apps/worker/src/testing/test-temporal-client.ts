import { DefaultLogger, Runtime } from "@temporalio/worker";

/** Always the same, so that recorded histories can be read by later tests. It keeps no secret. */
export const testPayloadKeys = [{ id: "test", secret: Buffer.alloc(32, "test") }] as const;

let isQuiet = false;

/** Once a process, before the first connection: every worker's state lines would drown the tests'. */
export function quietTemporal(): void {
  if (isQuiet) return;
  isQuiet = true;
  Runtime.install({ logger: new DefaultLogger("ERROR"), shutdownSignals: [] });
}
