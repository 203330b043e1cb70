import { randomBytes } from "node:crypto";
import { DefaultLogger, Runtime } from "@temporalio/worker";

export const testPayloadKeys = [{ id: "test", secret: randomBytes(32) }] as const;

let isQuiet = false;

/** Once a process, before the first connection: every worker's state lines would drown the tests'. */
export function quietTemporal(): void {
  if (isQuiet) return;
  isQuiet = true;
  Runtime.install({ logger: new DefaultLogger("ERROR"), shutdownSignals: [] });
}
