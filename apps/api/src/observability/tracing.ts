import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api";
import type { TraceContext } from "../http/trace-context.ts";

const tracer = trace.getTracer("usher-api");

/**
 * Runs `work` in a server span under the request's trace. Without an SDK registered (see
 * `start-tracing.ts`) the OpenTelemetry API does nothing and costs next to nothing.
 */
export function withSpan<Result>(
  {
    operation,
    method,
    trace: given,
  }: { readonly operation: string; readonly method: string; readonly trace: TraceContext },
  work: () => Promise<Result>,
): Promise<Result> {
  const [, traceId = "", spanId = "", flags = "00"] = given.traceparent.split("-");
  const parent = trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
  });
  return tracer.startActiveSpan(
    `${method} ${operation}`,
    {
      kind: SpanKind.SERVER,
      attributes: { "usher.operation": operation, "http.request.method": method },
    },
    parent,
    async (span) => {
      try {
        return await work();
      } catch (error) {
        span.setStatus({
          code: SpanStatusCode.ERROR,
          message: error instanceof Error ? error.name : "error",
        });
        throw error;
      } finally {
        span.end();
      }
    },
  );
}
