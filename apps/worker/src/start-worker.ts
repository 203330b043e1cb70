import type { NativeConnection } from "@temporalio/worker";
import {
  type AtFailpoint,
  asActivities,
  createBillingActivities,
  createBookingActivities,
  createCallVendor,
  createCatalogMemory,
  createEntitlementActivities,
  createOrderActivities,
  createTokenIssuer,
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
import {
  type KeyEncryptionKey,
  openConnectionSecrets,
  openConnectionTokens,
  sealConnectionTokens,
} from "@usher/token-signer";
import type { TaskQueues } from "@usher/workflows/contract";
import { createActivityInterceptor } from "./activity-interceptor.ts";
import { createConnectionGauges } from "./connection-gauges.ts";
import { createConnectionHealth } from "./connection-health.ts";
import { createConnectionRegistry } from "./connection-registry.ts";
import { endInOrder } from "./end-in-order.ts";
import { startHealthServer } from "./health-server.ts";
import type { BrokenConnector } from "./load-connectors.ts";
import { startServiceLoop } from "./service-loop.ts";
import { type LoopIntervals, startLoops } from "./start-loops.ts";
import { startTemporalWorkers, type TemporalWorkers } from "./start-temporal-workers.ts";
import { traceOrder } from "./trace-order.ts";
import { createQuotaWatch } from "./watch-quota.ts";
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
  readonly brokenConnectors?: readonly BrokenConnector[];
  /** Open connection secrets and signing keys; the first seals tokens. */
  readonly keyEncryptionKeys: readonly [KeyEncryptionKey, ...KeyEncryptionKey[]];
  /** Issuer of tokens and base of links, without a slash at the end. */
  readonly publicUrl: string;
  readonly tokenAudience: string;
  readonly bundleFolder: string;
  readonly intervals: LoopIntervals;
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
  /**
   * Takes no new work, lets what runs end within the grace, then resolves. Connection and database
   * are the caller's. False: PostgreSQL and Temporal are both away, so what runs was not waited for.
   */
  stop(): Promise<boolean>;
}

const connectionsFreshForMs = 2_000;
const gaugesEveryMs = 15_000;

/** Everything a hub does besides answering HTTP, in one process. Any number of them may run. */
export async function startWorker(deps: WorkerDependencies): Promise<RunningWorker> {
  const { database, temporal, atFailpoint, log } = deps;
  const metrics = createWorkerMetrics();
  const clock = () => Date.now();
  const now = deps.decideAt ?? ((databaseNow: Instant) => databaseNow);
  const { workflowTaskTimeoutMs, queues } = temporal;
  const fulfillment = createFulfillmentClient({
    client: createTemporalClient(temporal),
    queues,
    ...(workflowTaskTimeoutMs === undefined ? {} : { workflowTaskTimeoutMs }),
  });
  const { brokenConnectors = [], keyEncryptionKeys: keks } = deps;
  for (const { problem } of brokenConnectors) log.error(problem);
  const report = createConnectionHealth({ database, metrics, log, now: clock });
  const vendors = createConnectionRegistry({
    database,
    definitions: new Map(deps.connectors.map((one) => [one.manifest.id, one])),
    problemOf: (vendor) => brokenConnectors.find((one) => one.vendor === vendor)?.problem ?? null,
    openSecrets: (sealed) => openConnectionSecrets({ sealed, keks }).config,
    sealTokens: (tokens) => sealConnectionTokens({ tokens, kek: keks[0] }),
    openTokens: (sealed) => openConnectionTokens({ sealed, keks }),
    fetchFor: createQuotaWatch({ database, metrics, log, fetch, now: clock }),
    onUnusable: (about) => report({ ...about, operation: "connect", seconds: 0 }),
    now: clock,
    freshForMs: connectionsFreshForMs,
  });
  const callVendor = createCallVendor({
    now: clock,
    log: ({ message, ...fields }) => log.info(fields, message),
    report,
  });
  const catalogs = createCatalogMemory();
  const bundle = await bundleWorkflows({ workflowsPath, cacheFolder: deps.bundleFolder });

  const loops = await startLoops({
    ...deps,
    fulfillment,
    vendors,
    callVendor,
    catalogs,
    metrics,
    now,
    clock,
    lookForConnectionsMs: connectionsFreshForMs,
  });
  const gauges = startServiceLoop({
    name: "connection-gauges",
    turn: createConnectionGauges({ database, metrics, now: clock }),
    idleMs: gaugesEveryMs,
    onError: ({ name, error }) => {
      metrics.turnFailures.inc({ loop: name });
      log.warn({ loop: name, error }, "connections could not be counted; trying again");
    },
  });
  const activityDeps = {
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
    onOrderRead: traceOrder,
    onChanged: loops.onOrderChanged,
  };
  let reportFailure: (reason: unknown) => void = () => undefined;
  const failed = new Promise<unknown>((resolve) => {
    reportFailure = resolve;
  });
  let workers: TemporalWorkers | null = null;
  const stopWork = () =>
    endInOrder({
      // First what starts work, then the workers, which end what they took; telling what they
      // changed comes last.
      steps: [
        { what: "the counting of connections", end: () => gauges.stop() },
        { what: "polls, inbox and outbox", end: () => loops.stopIntake() },
        {
          what: "workflow tasks and activities in hand",
          end: async () => await workers?.stop(),
        },
        { what: "statuses on their way to the CRM", end: () => loops.stop() },
        { what: "the vendors' clients", end: () => vendors.close() },
      ],
      recordedIn: {
        database: () => database.ping(),
        temporal: () => pingTemporal(temporal.connection),
      },
      log,
    });
  try {
    const running = await startTemporalWorkers({
      ...temporal,
      workflowBundle: bundle,
      ownActivities: asActivities({
        ...createOrderActivities(activityDeps),
        ...createEntitlementActivities(activityDeps),
      }),
      vendorActivities: asActivities({
        ...createBillingActivities(activityDeps),
        ...createBookingActivities(activityDeps),
      }),
      interceptor: createActivityInterceptor({ metrics, log }),
      shutdownGraceMs: deps.shutdownGraceMs,
      onStopped: (reason) => reportFailure(reason),
    });
    workers = running;
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
                name: "connectors",
                // One that is broken stops its own connections and no other.
                isRequired: false,
                check: async () => {
                  if (brokenConnectors.length === 0) return;
                  throw new Error(brokenConnectors.map(({ problem }) => problem).join(" "));
                },
              },
              {
                name: "workers",
                check: async () => {
                  if (!running.isRunning()) throw new Error("a Temporal worker does not poll");
                },
              },
            ],
          });
    return {
      healthUrl: health?.url ?? null,
      failed,
      stop: async () => {
        const isInOrder = await stopWork();
        await health?.close();
        return isInOrder;
      },
    };
  } catch (error) {
    await stopWork();
    throw error;
  }
}

async function pingTemporal(connection: NativeConnection): Promise<void> {
  await connection.withDeadline(Date.now() + 2_000, () =>
    connection.workflowService.getSystemInfo({}),
  );
}
