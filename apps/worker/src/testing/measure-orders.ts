import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "@temporalio/worker";
import { noFailpoints } from "@usher/activities";
import {
  appDatabaseUrl,
  changeSigningKeys,
  createDatabase,
  ensureTenant,
  loadPublishedCatalog,
  markPublished,
  migrateToLatest,
  publishCatalog,
  receiveDeal,
  saveConnection,
} from "@usher/database";
import { parseDeal } from "@usher/entitlement-core/deal";
import type { Instant, TimeZone } from "@usher/entitlement-core/kernel";
import {
  findProjectFolder,
  startPostgres,
  startTemporal,
  temporalBinaryIn,
} from "@usher/local-services";
import {
  bundleWorkflows,
  connectTemporal,
  createDataConverter,
  createFulfillmentClient,
  createTemporalClient,
} from "@usher/temporal-client";
import {
  generateSigningKey,
  hubKeyEncryptionKey,
  sealConnectionSecrets,
  sealSigningKey,
} from "@usher/token-signer";
import { fulfillOrderWorkflowId, taskQueuesOf } from "@usher/workflows/contract";
import { startWorker } from "../start-worker.ts";
import { createWorkerLog } from "../worker-log.ts";
import { aCatalog } from "./a-catalog.ts";
import { aDeal } from "./a-deal.ts";
import { pretendConnector } from "./pretend-connector.ts";
import { startPretendVendor } from "./pretend-vendor.ts";
import { quietTemporal, testPayloadKeys } from "./test-temporal-client.ts";

// Orders against empty one-activity workflows, on one server, interleaved: prints ratios.
const rounds = 7;
const perRound = 150;
const inFlight = 50;
const idleSamples = 25;
const withBilling = process.argv.includes("--billing");

quietTemporal();
const folder = mkdtempSync(join(tmpdir(), "usher-measure-"));
const postgres = await startPostgres({ dataFolder: join(folder, "pg"), durability: "test" });
const temporal = await startTemporal({
  binary: temporalBinaryIn(findProjectFolder()),
  storage: { kind: "memory" },
  logFile: join(folder, "temporal.log"),
});
const appPassword = "measure-password-of-usher-app";
await migrateToLatest({ databaseUrl: postgres.databaseUrl, appPassword });
const owner = createDatabase({ url: postgres.databaseUrl, poolSize: 2 });
const database = createDatabase({
  url: appDatabaseUrl({ databaseUrl: postgres.databaseUrl, appPassword }),
  poolSize: 20,
});
const kek = hubKeyEncryptionKey(Buffer.alloc(32, 1));
const vendor = await startPretendVendor();
const tenantId = await ensureTenant(owner, {
  slug: "ours",
  name: "Ours",
  timeZone: "UTC" as TimeZone,
});
const catalog = await database.withTenant({ tenantId }, async (tx) => {
  await publishCatalog(tx, { catalog: aCatalog(), publishedBy: "measure" });
  await changeSigningKeys(tx, () => ({
    changes: [],
    add: { key: sealSigningKey({ key: generateSigningKey(), kek }), status: "current" },
  }));
  if (withBilling) {
    await saveConnection(tx, {
      vendor: "pretend",
      name: "Pretend",
      kinds: ["billing"],
      config: { url: vendor.url },
      sealedSecrets: sealConnectionSecrets({ secrets: { config: {}, webhookSecrets: [] }, kek }),
    });
  }
  const published = await loadPublishedCatalog(tx);
  if (published === null) throw new Error("no catalog");
  return published;
});
const connection = await connectTemporal({ address: temporal.address });
const { namespace } = temporal;
const queues = taskQueuesOf("usher");
const client = createTemporalClient({ connection, namespace, payloadKeys: testPayloadKeys });
const fulfillment = createFulfillmentClient({ client, queues });
const bundleFolder = join(folder, "bundles");
const worker = await startWorker({
  database,
  temporal: { connection, namespace, payloadKeys: testPayloadKeys, queues },
  connectors: [pretendConnector],
  keyEncryptionKeys: [kek],
  publicUrl: "http://hub.test",
  tokenAudience: "usher",
  bundleFolder,
  pollIntervalMs: 60_000,
  leaseSeconds: 60,
  shutdownGraceMs: 5_000,
  httpPort: null,
  atFailpoint: noFailpoints,
  log: createWorkerLog({ level: "silent" }),
});
const emptyWorker = await Worker.create({
  connection,
  namespace,
  taskQueue: "empty",
  workflowBundle: await bundleWorkflows({
    workflowsPath: fileURLToPath(new URL("./empty-workflow/index.ts", import.meta.url)),
    cacheFolder: bundleFolder,
  }),
  dataConverter: createDataConverter(testPayloadKeys),
  activities: { nothing: async () => undefined },
  maxConcurrentWorkflowTaskExecutions: 40,
  maxCachedWorkflows: 500,
  workflowTaskPollerBehavior: { type: "autoscaling" },
});
const emptyRun = emptyWorker.run();
let count = 0;

async function order(): Promise<void> {
  count += 1;
  const deal = { ...aDeal({ id: `M${count}` }), system: "rest", version: "1" };
  const outcome = await database.withTenant({ tenantId }, (tx) =>
    receiveDeal(tx, {
      deal,
      reading: parseDeal({ deal, catalog }),
      receivedFrom: "rest",
      connectionId: null,
      requestedBy: null,
      traceparent: null,
      readAt: Date.now() as Instant,
    }),
  );
  if (outcome.kind !== "created") throw new Error(outcome.kind);
  const { orderId, outboxId } = outcome;
  await fulfillment.startFulfillment({ tenantId, orderId });
  void database.withTenant({ tenantId }, (tx) => markPublished(tx, [outboxId]));
  const result: { status: string } = await client.workflow
    .getHandle(fulfillOrderWorkflowId({ tenantId, orderId }))
    .result();
  if (result.status !== "Active") throw new Error(`an order ended ${result.status}`);
}

async function empty(): Promise<void> {
  count += 1;
  const handle = await client.workflow.start("empty", {
    workflowId: `empty-${count}`,
    taskQueue: "empty",
    requestEagerStart: true,
  });
  await handle.result();
}

async function ratePerSecond(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  let left = perRound;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left > 0) {
        left -= 1;
        await work();
      }
    }),
  );
  return perRound / ((performance.now() - startedAt) / 1_000);
}

async function medianMs(work: () => Promise<void>): Promise<number> {
  const samples: number[] = [];
  for (let sample = 0; sample < idleSamples; sample += 1) {
    const startedAt = performance.now();
    await work();
    samples.push(performance.now() - startedAt);
  }
  return median(samples);
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

await ratePerSecond(order);
await ratePerSecond(empty);
const rates: number[] = [];
const latencies: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const [orders, empties] = [await ratePerSecond(order), await ratePerSecond(empty)];
  const [orderMs, emptyMs] = [await medianMs(order), await medianMs(empty)];
  rates.push(orders / empties);
  latencies.push(orderMs / emptyMs);
  console.log(
    `round ${round + 1}: ${orders.toFixed(1)} orders/s, ${empties.toFixed(1)} empty/s, ratio ${(orders / empties).toFixed(2)}; idle ${orderMs.toFixed(0)} ms against ${emptyMs.toFixed(0)} ms, ratio ${(orderMs / emptyMs).toFixed(2)}`,
  );
}
console.log(
  `median of ${rounds}${withBilling ? " with billing" : ""}: sustained ${median(rates).toFixed(2)} (goal ≥ 0.50), idle ${median(latencies).toFixed(2)} (goal ≤ 2.50)`,
);

emptyWorker.shutdown();
await emptyRun;
await worker.stop();
await connection.close();
await database.close();
await owner.close();
await vendor.stop();
await temporal.stop();
await postgres.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
