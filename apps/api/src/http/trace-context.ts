import { randomFillSync } from "node:crypto";

/** W3C trace context (https://www.w3.org/TR/trace-context/), as far as the hub takes part in it. */
export interface TraceContext {
  readonly traceId: string;
  /** For what this request starts, and for the answer. */
  readonly traceparent: string;
}

const wellFormed = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;
const zeroTrace = "0".repeat(32);
const zeroSpan = "0".repeat(16);

/** Goes on with the caller's trace under a span of our own, or starts one when none or a broken one came. */
export function continueTrace(header: string | undefined): TraceContext {
  if (header !== undefined && header.length === 55) {
    const match = wellFormed.exec(header);
    const [, traceId = "", parentId = "", flags = "00"] = match ?? [];
    if (
      match !== null &&
      traceId !== zeroTrace &&
      parentId !== zeroSpan &&
      !header.startsWith("ff")
    ) {
      return { traceId, traceparent: `00-${traceId}-${randomHex(16)}-${flags}` };
    }
  }
  const traceId = randomHex(32);
  return { traceId, traceparent: `00-${traceId}-${randomHex(16)}-00` };
}

// Random bytes are fetched a few hundred requests at a time: one system call a request is dear.
const pool = Buffer.alloc(8_192);
let poolHex = "";
let poolAt = 0;

function randomHex(length: number): string {
  if (poolAt + length > poolHex.length) {
    randomFillSync(pool);
    poolHex = pool.toString("hex");
    poolAt = 0;
  }
  poolAt += length;
  return poolHex.slice(poolAt - length, poolAt);
}
