import type { Fault } from "../fault/fault.ts";
import type { FaultInput } from "./control-input.ts";

export function toFault(given: FaultInput): Omit<Fault, "id" | "hits"> {
  return {
    vendor: given.vendor,
    kind: given.kind,
    operation: given.operation,
    object: given.object ?? null,
    recordId: given.record_id ?? null,
    remaining: given.times ?? null,
    message: given.message ?? null,
    delayMs: given.delay_ms,
    status:
      given.kind === "server_error_stored" || given.kind === "server_error_after_commit"
        ? Math.max(500, given.status === 503 ? 500 : given.status)
        : given.status,
    retryAfterSeconds: given.retry_after_s ?? null,
  };
}
