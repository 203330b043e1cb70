import { DefaultLogger, Runtime } from "@temporalio/worker";
import type { WorkerLog } from "./worker-log.ts";

/**
 * Temporal's own messages go where ours go. To be called once a process, before the first
 * connection. Shutting down is ours alone: the runtime's handlers would end its workers while our
 * loops still use them.
 */
export function useTemporalLog(log: WorkerLog): void {
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger("INFO", ({ level, message, meta }) => {
      const fields = { source: "temporal", ...meta };
      switch (level) {
        case "ERROR":
          return log.error(fields, message);
        case "WARN":
          return log.warn(fields, message);
        default:
          return log.debug(fields, message);
      }
    }),
  });
}
