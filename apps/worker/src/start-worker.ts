import { trace } from "@opentelemetry/api";
import type { NativeConnection } from "@temporalio/worker";
import {
  type AtFailpoint,
  asActivities,
  createBillingActivities,
  createCallVendor,
  createCatalogMemory,
  createEntitlementActivities,
  createOrderActivities,
  createTokenIssuer,
  tellDeals,
} from "@usher/activities";
import type { ConnectorDefinition } from "@usher/connector-sdk/spec";
import type { Database } from "@usher/database";
import type { Instant } from "@usher/entitlement-core/kernel";
import {
  bundleWorkflows,
  createFulfillmentClient,
  createTemporalClient,
  type PayloadKeys,
} from "@usher/temporal-client";
import { type KeyEncryptionKey, openConnectionSecrets } from "@usher/token-signer";
import type { TaskQueues } from "@usher/workflows/contract";
import { createActivityInterceptor } from "./activity-interceptor.ts";
import { createConnectionHealth } from "./connection-health.ts";
import { startConnectionLoops } from "./connection-loops.ts";
import { createConnectionRegistry } from "./connection-registry.ts";
import { createCrmPoller } from "./crm-poller.ts";
import { startHealthServer } from "./health-server.ts";
import { createInboxDispatcher } from "./inbox-dispatcher.ts";
import { createOutboxRelay } from "./outbox-relay.ts";
import { pauseAfterMs } from "./pause-after.ts";
import { createRecovery } from "./recovery.ts";
import { startServiceLoop } from "./service-loop.ts";
import { startTemporalWorkers } from "./start-temporal-workers.ts";
import { createTakeBillingChanges } from "./take-billing-changes.ts";
import { createTakeDeals } from "./take-deals.ts";
import type { WorkerLog } from "./worker-log.ts";
import { createWorkerMetrics } from "./worker-metrics.ts";
import { workflowsPath } from "./workflows-path.ts";

export interface WorkerDependencies {
  readonly database: Database;
  readonly temporal: {
    readonly connection: NativeConnection;
    readonly namespace: string;
    readonly payloadKeys: PayloadKeys;
    readonly queues: TaskQueues;
    /** How long a run stands still when the worker that holds its task dies; 10 s if not given. */
    readonly workflowTaskTimeoutMs?: number;
  };
  readonly connectors: readonly ConnectorDefinition[];
  /** Open connection secrets and signing keys. */
  readonly keyEncryptionKeys: readonly KeyEncryptionKey[];
  /** Issuer of tokens and base of links, without a slash at the end. */
  readonly publicUrl: string;
  readonly tokenAudience: string;
  readonly bundleFolder: string;
  readonly pollIntervalMs: number;
  /** How long what a dead worker had taken waits for another. Longer than a read of 200 deals. */
  readonly leaseSeconds: number;
  readonly shutdownGraceMs: number;
  /** Loopback port of health and metrics; 0: any free one; null: none. */
  readonly httpPort: number | null;
  readonly atFailpoint: AtFailpoint;
  readonly log: WorkerLog;
  /** The instant decisions are made at; without it the database's clock. For tests. */
  readonly decideAt?: (databaseNow: Instant) => Instant;
}

export interface RunningWorker {
  readonly healthUrl: string | null;
  /** Rejects never; resolves with the reason when a Temporal worker ended by itself. */
  readonly failed: Promise<unknown>;
  /** Takes no new work, lets what runs end within the grace, then resolves. Connection and database are the caller's. */
  stop(): Promise<void>;
}

const idleMs = 1_000;
/** Statuses that pass within this time are never written, and those of many orders go out together. */
const gatherStatusesMs = 250;
const connectionsFreshForMs = 2_000;
const recoverEveryMs = 60_000;

/** Everything a hub does besides answering HTTP, in one process. Any number of them may run. */
export async function startWorker(deps: WorkerDependencies): Promise<RunningWorker> {
  const { database, temporal, atFailpoint, leaseSeconds, log } = deps;
  const metrics = createWorkerMetrics();
  const clock = () => Date.now();
  const now = deps.decideAt ?? ((databaseNow: Instant) => databaseNow);
  const fulfillment = createFulfillmentClient({
    client: createTemporalClient(temporal),
    queues: temporal.queues,
    ...(temporal.workflowTaskTimeoutMs === undefined
      ? {}
      : { workflowTaskTimeoutMs: temporal.workflowTaskTimeoutMs }),
  });
  const vendors = createConnectionRegistry({
    database,
    definitions: new Map(deps.connectors.map((one) => [one.manifest.id, one])),
    openSecrets: (sealed) => openConnectionSecrets({ sealed, keks: deps.keyEncryptionKeys }).config,
    fetch,
    now: clock,
    freshForMs: connectionsFreshForMs,
  });
  const callVendor = createCallVendor({
    now: clock,
    log: ({ message, ...fields }) => log.info(fields, message),
    report: createConnectionHealth({ database, metrics, log, now: clock }),
  });

  const catalogs = createCatalogMemory();
  const shared = {
    database,
    vendors,
    catalogs,
    now,
    atFailpoint,
    callVendor,
    tokens: createTokenIssuer({
      keks: deps.keyEncryptionKeys,
      publicUrl: deps.publicUrl,
      audience: deps.tokenAudience,
      clock,
    }),
    onOrderRead: ({
      order,
    }: {
      readonly order: { source: { id: string }; traceparent: string | null };
    }) => traceOrder(order),
    onChanged: (tenantId: string) => telling.wake(tenantId),
  };
  const onError = ({ name, error }: { readonly name: string; readonly error: unknown }) => {
    metrics.turnFailures.inc({ loop: name });
    log.error({ loop: name, error }, "a turn failed; trying again");
  };
  const onTurn = ({ name, seconds }: { readonly name: string; readonly seconds: number }) =>
    metrics.turnSeconds.observe({ loop: name }, seconds);
  const perConnection = {
    tenants: () => database.directory.tenants(),
    vendors,
    lookForConnectionsMs: connectionsFreshForMs,
    onError,
    onTurn,
  };

  const bundle = await bundleWorkflows({ workflowsPath, cacheFolder: deps.bundleFolder });
  const telling = startConnectionLoops({
    ...perConnection,
    name: "write-back",
    kinds: ["crm"],
    idleMs,
    gatherMs: gatherStatusesMs,
    turn: async ({ tenantId, vendor, signal }) => {
      const result = await tellDeals(
        { ...shared, publicUrl: deps.publicUrl, now: () => now(clock() as Instant) },
        { tenantId, vendor, signal },
      );
      if (result === null) return "idle";
      const count = (outcome: string, by: number) =>
        metrics.writeBacks.inc({ vendor: vendor.vendor, outcome }, by);
      count("told", result.told);
      count("unchanged", result.unchanged);
      count("refused", result.refused);
      if (result.passing !== null) return { pauseMs: pauseAfterMs(result.passing) ?? idleMs };
      return result.hasMore ? "more" : "idle";
    },
  });
  const relay = startServiceLoop({
    name: "outbox-relay",
    turn: createOutboxRelay({ database, fulfillment, metrics, log, atFailpoint, leaseSeconds }),
    idleMs,
    onError,
    onTurn,
  });
  const inbox = startConnectionLoops({
    ...perConnection,
    name: "inbox",
    kinds: ["crm", "billing"],
    idleMs,
    turn: createInboxDispatcher({
      database,
      takeDeals: createTakeDeals({ database, callVendor, atFailpoint, onTaken: relay.wake }),
      takeBillingChanges: createTakeBillingChanges({ database, callVendor }),
      metrics,
      log,
      atFailpoint,
      leaseSeconds,
    }),
  });
  const polling = startConnectionLoops({
    ...perConnection,
    name: "crm-poller",
    kinds: ["crm"],
    idleMs: deps.pollIntervalMs,
    turn: createCrmPoller({ database, callVendor, metrics, log, atFailpoint }),
  });
  const recovery = startServiceLoop({
    name: "recovery",
    turn: createRecovery({ database, fulfillment, now: clock, log }),
    idleMs: recoverEveryMs,
    onError,
    onTurn,
  });
  const listener = await database.listen({
    channels: ["usher_outbox", "usher_inbox"],
    onNotification: ({ channel, payload }) => {
      if (channel === "usher_outbox") relay.wake();
      else inbox.wake(payload);
      telling.wake(payload);
    },
    // What was announced while nobody listened is in the tables.
    onListening: () => {
      relay.wake();
      inbox.wake();
    },
    onError: (error) => log.warn({ error }, "the listener lost its connection"),
  });
  let reportFailure: (reason: unknown) => void = () => undefined;
  const failed = new Promise<unknown>((resolve) => {
    reportFailure = resolve;
  });
  const workers = await startTemporalWorkers({
    ...temporal,
    workflowBundle: bundle,
    ownActivities: asActivities({
      ...createOrderActivities(shared),
      ...createEntitlementActivities(shared),
    }),
    vendorActivities: asActivities(createBillingActivities(shared)),
    interceptor: createActivityInterceptor({ metrics, log }),
    shutdownGraceMs: deps.shutdownGraceMs,
    onStopped: (reason) => reportFailure(reason),
  });
  const health =
    deps.httpPort === null
      ? null
      : await startHealthServer({
          port: deps.httpPort,
          registry: metrics.registry,
          probes: [
            { name: "database", check: () => database.ping() },
            { name: "temporal", check: () => pingTemporal(temporal.connection) },
            {
              name: "workers",
              check: async () => {
                if (!workers.isRunning()) throw new Error("a Temporal worker does not poll");
              },
            },
          ],
        });

  return {
    healthUrl: health?.url ?? null,
    failed,
    stop: async () => {
      await listener.close();
      // Loops first: they start work; then the workers, which end what they took.
      await Promise.all([polling.stop(), inbox.stop(), relay.stop(), recovery.stop()]);
      await workers.stop();
      await telling.stop();
      await health?.close();
      await vendors.close();
    },
  };
}

/** Adds to the current span what it takes to find an order's whole story. */
function traceOrder(order: {
  readonly source: { readonly id: string };
  readonly traceparent: string | null;
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

async function pingTemporal(connection: NativeConnection): Promise<void> {
  await connection.withDeadline(Date.now() + 2_000, () =>
    connection.workflowService.getSystemInfo({}),
  );
}
