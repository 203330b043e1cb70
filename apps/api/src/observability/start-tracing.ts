import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

/** Exports spans to an OTLP collector. Called by `main.ts` only when an endpoint is configured. */
export function startTracing({
  endpoint,
  service,
}: {
  readonly endpoint: string;
  readonly service: string;
}): {
  stop(): Promise<void>;
} {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": service }),
    spanProcessors: [
      new BatchSpanProcessor(
        new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, "")}/v1/traces` }),
      ),
    ],
  });
  provider.register();
  return { stop: () => provider.shutdown() };
}
