import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export interface ApiMetrics {
  observe(input: {
    readonly operation: string;
    readonly status: number;
    readonly ms: number;
  }): void;
  /** Checks are counted by plain additions: a histogram would cost as much as the check. */
  countCheck(outcome: "allowed" | "denied" | "refused"): void;
  inboundEvents(input: {
    readonly outcome: "stored" | "duplicate" | "refused";
    readonly count: number;
  }): void;
  usageEvents(input: {
    readonly outcome: "accepted" | "duplicate" | "refused";
    readonly count: number;
  }): void;
  /** Prometheus text. */
  read(): Promise<{ readonly text: string; readonly contentType: string }>;
}

export function createApiMetrics({
  feedLagMs,
  checkTableSize,
}: {
  readonly feedLagMs: () => number;
  readonly checkTableSize: () => number;
}): ApiMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Histogram({
    name: "usher_http_request_duration_seconds",
    help: "Requests by operation and status, checks excluded.",
    labelNames: ["operation", "status"],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const checks = { allowed: 0, denied: 0, refused: 0 };
  const checkCounter = new Counter({
    name: "usher_checks_total",
    help: "Checks by outcome; refused ones are malformed.",
    labelNames: ["outcome"],
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(checks)) this.inc({ outcome }, count);
    },
  });
  const lag = new Gauge({
    name: "usher_check_table_lag_seconds",
    help: "How far the check table may be behind the database.",
    registers,
    collect() {
      this.set(feedLagMs() / 1_000);
    },
  });
  const size = new Gauge({
    name: "usher_check_table_entitlements",
    help: "Entitlements held in the check table.",
    registers,
    collect() {
      this.set(checkTableSize());
    },
  });
  const inbound = new Counter({
    name: "usher_inbound_events_total",
    help: "Events of remote systems by outcome.",
    labelNames: ["outcome"],
    registers,
  });
  const usage = new Counter({
    name: "usher_usage_events_total",
    help: "Usage events by outcome.",
    labelNames: ["outcome"],
    registers,
  });
  void [checkCounter, lag, size];
  return {
    observe: ({ operation, status, ms }) =>
      requests.observe({ operation, status: String(status) }, ms / 1_000),
    countCheck: (outcome) => {
      checks[outcome] += 1;
    },
    inboundEvents: ({ outcome, count }) => inbound.inc({ outcome }, count),
    usageEvents: ({ outcome, count }) => usage.inc({ outcome }, count),
    read: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  };
}
