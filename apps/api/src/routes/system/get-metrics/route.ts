import { plainRoute } from "../../../http/route-handler.ts";
import type { ApiMetrics } from "../../../observability/api-metrics.ts";

export function getMetricsRoute({ metrics }: { readonly metrics: ApiMetrics }) {
  return plainRoute("getMetrics", async () => {
    const { text, contentType } = await metrics.read();
    return { body: text, headers: { "Content-Type": contentType } };
  });
}
