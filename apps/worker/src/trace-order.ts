import { trace } from "@opentelemetry/api";

/** Adds to the current span what it takes to find an order's whole story: its deal, and the trace it came with. */
export function traceOrder({
  order,
}: {
  readonly order: {
    readonly source: { readonly id: string };
    readonly traceparent: string | null;
  };
}): void {
  const span = trace.getActiveSpan();
  if (span === undefined) return;
  span.setAttribute("usher.deal_id", order.source.id);
  const [, traceId, spanId, flags] = order.traceparent?.split("-") ?? [];
  if (traceId === undefined || spanId === undefined) return;
  span.addLink({
    context: { traceId, spanId, traceFlags: Number.parseInt(flags ?? "00", 16), isRemote: true },
  });
}
