import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What the worker tells Prometheus. One per process or per test; labels hold no ids of orders. */
export interface WorkerMetrics {
  readonly registry: Registry;
  readonly turnSeconds: Histogram<"loop">;
  readonly turnFailures: Counter<"loop">;
  readonly outboxDelivered: Counter<"topic" | "outcome">;
  readonly inboxMessages: Counter<"vendor" | "outcome">;
  readonly writeBacks: Counter<"vendor" | "outcome">;
  readonly connectorCalls: Histogram<"vendor" | "operation" | "outcome">;
  readonly streamLagSeconds: Gauge<"connection">;
  readonly fullReads: Counter<"connection" | "vendor" | "stream">;
  readonly quotaLeft: Gauge<"connection" | "vendor">;
  readonly connectionWorking: Gauge<"connection" | "vendor">;
  readonly connectionLastSuccess: Gauge<"connection" | "vendor">;
  readonly inboxPending: Gauge<"connection" | "vendor">;
  readonly inboxQuarantined: Gauge<"connection" | "vendor">;
  readonly activitySeconds: Histogram<"activity" | "outcome">;
}

export function createWorkerMetrics(): WorkerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    turnSeconds: new Histogram({
      name: "usher_worker_turn_seconds",
      help: "Duration of one turn of a service loop",
      labelNames: ["loop"],
      registers,
    }),
    turnFailures: new Counter({
      name: "usher_worker_turn_failures_total",
      help: "Turns of a service loop that ended in an error",
      labelNames: ["loop"],
      registers,
    }),
    outboxDelivered: new Counter({
      name: "usher_outbox_messages_total",
      help: "Outbox messages handed to Temporal",
      labelNames: ["topic", "outcome"],
      registers,
    }),
    inboxMessages: new Counter({
      name: "usher_inbox_messages_total",
      help: "Inbox messages by what became of them",
      labelNames: ["vendor", "outcome"],
      registers,
    }),
    writeBacks: new Counter({
      name: "usher_write_backs_total",
      help: "Statuses told to CRMs",
      labelNames: ["vendor", "outcome"],
      registers,
    }),
    connectorCalls: new Histogram({
      name: "usher_connector_call_seconds",
      help: "Calls to vendors; the outcome is ok or the error's category",
      labelNames: ["vendor", "operation", "outcome"],
      registers,
    }),
    streamLagSeconds: new Gauge({
      name: "usher_stream_lag_seconds",
      help: "Seconds since a connection's change stream was last read to its end",
      labelNames: ["connection"],
      registers,
    }),
    fullReads: new Counter({
      name: "usher_stream_full_reads_total",
      help: "Reads that began again because the vendor had forgotten what happened since the last",
      labelNames: ["connection", "vendor", "stream"],
      registers,
    }),
    quotaLeft: new Gauge({
      name: "usher_connection_quota_left",
      help: "Calls left of a vendor's daily allowance, where it says so",
      labelNames: ["connection", "vendor"],
      registers,
    }),
    connectionWorking: new Gauge({
      name: "usher_connection_working",
      help: "1 while a connection works, 0 when it needs attention",
      labelNames: ["connection", "vendor"],
      registers,
    }),
    connectionLastSuccess: new Gauge({
      name: "usher_connection_last_success_timestamp_seconds",
      help: "When a vendor last answered a call as it should",
      labelNames: ["connection", "vendor"],
      registers,
    }),
    inboxPending: new Gauge({
      name: "usher_inbox_pending",
      help: "Inbox messages that wait",
      labelNames: ["connection", "vendor"],
      registers,
    }),
    inboxQuarantined: new Gauge({
      name: "usher_inbox_quarantined",
      help: "Inbox messages in quarantine: someone has to look at them",
      labelNames: ["connection", "vendor"],
      registers,
    }),
    activitySeconds: new Histogram({
      name: "usher_activity_seconds",
      help: "Attempts of activities",
      labelNames: ["activity", "outcome"],
      registers,
    }),
  };
}
