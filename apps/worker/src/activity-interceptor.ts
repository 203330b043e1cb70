import { type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import { ApplicationFailure } from "@temporalio/common";
import type { ActivityInterceptorsFactory } from "@temporalio/worker";
import type { WorkerLog } from "./worker-log.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

/**
 * Around each attempt of an activity: a span, a measurement, and a log line when it fails. All
 * carry tenant and order; the deal's id and the trace it came with are added by the activity
 * once it has read them (`traceOrder`).
 */
export function createActivityInterceptor({
  metrics,
  log,
}: {
  readonly metrics: WorkerMetrics;
  readonly log: WorkerLog;
}): ActivityInterceptorsFactory {
  const tracer = trace.getTracer("usher-worker");
  return (context) => ({
    inbound: {
      execute: async (input, next) => {
        const activity = context.info.activityType;
        const attempt = context.info.attempt;
        const order = orderOf(input.args[0]);
        return await tracer.startActiveSpan(`activity ${activity}`, async (span) => {
          span.setAttributes({
            "usher.tenant_id": order.tenantId,
            "usher.order_id": order.orderId,
            "temporal.attempt": attempt,
          });
          const end = metrics.activitySeconds.startTimer({ activity });
          try {
            const result = await next(input);
            end({ outcome: "ok" });
            return result;
          } catch (error) {
            const type = error instanceof ApplicationFailure ? (error.type ?? "error") : "canceled";
            end({ outcome: type });
            markFailed(span, error);
            log.warn({ activity, attempt, ...order, type, error }, "activity attempt failed");
            throw error;
          } finally {
            span.end();
          }
        });
      },
    },
  });
}

function orderOf(input: unknown): { readonly tenantId: string; readonly orderId: string } {
  const { tenantId, orderId } = (input ?? {}) as Record<string, unknown>;
  return { tenantId: String(tenantId ?? ""), orderId: String(orderId ?? "") };
}

function markFailed(span: Span, error: unknown): void {
  span.setStatus({
    code: SpanStatusCode.ERROR,
    ...(error instanceof Error ? { message: error.message } : {}),
  });
}
