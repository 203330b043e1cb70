import type { ConnectorDefinition } from "@usher/connector-sdk/spec";
import { createDatabase } from "@usher/database";
import { connectTemporal } from "@usher/temporal-client";
import { hubKeyEncryptionKey } from "@usher/token-signer";
import { taskQueuesOf } from "@usher/workflows/contract";
import { readConfig } from "./config.ts";
import { failpointsFrom } from "./failpoint-from-environment.ts";
import type { BrokenConnector } from "./load-connectors.ts";
import { startTracing } from "./start-tracing.ts";
import { startWorker } from "./start-worker.ts";
import { useTemporalLog } from "./temporal-log.ts";
import { createWorkerLog } from "./worker-log.ts";

/** A worker as a process of its own: from the environment to the signal that ends it. */
export async function runWorkerProcess({
  connectors,
  brokenConnectors = [],
}: {
  readonly connectors: readonly ConnectorDefinition[];
  readonly brokenConnectors?: readonly BrokenConnector[];
}): Promise<void> {
  const config = readConfig();
  const log = createWorkerLog({ level: config.logLevel });
  useTemporalLog(log);
  const tracing =
    config.otlpEndpoint === undefined ? null : startTracing({ endpoint: config.otlpEndpoint });

  const database = createDatabase({
    url: config.database.url,
    poolSize: config.database.poolSize,
    applicationName: "usher-worker",
    onIdleError: (error) => log.warn({ error }, "a database connection broke"),
  });
  const connection = await connectTemporal({
    address: config.temporal.address,
    tls: config.temporal.tls,
    ...(config.temporal.apiKey === undefined ? {} : { apiKey: config.temporal.apiKey }),
  });

  const [newestKey, ...olderKeys] = config.keyEncryptionKeys;
  const worker = await startWorker({
    database,
    temporal: {
      connection,
      namespace: config.temporal.namespace,
      payloadKeys: config.temporal.payloadKeys,
      queues: taskQueuesOf(config.temporal.taskQueuePrefix),
      workflowTaskTimeoutMs: config.temporal.workflowTaskTimeoutMs,
    },
    connectors,
    brokenConnectors,
    keyEncryptionKeys: [hubKeyEncryptionKey(newestKey), ...olderKeys.map(hubKeyEncryptionKey)],
    publicUrl: config.publicUrl,
    tokenAudience: config.tokenAudience,
    bundleFolder: config.bundleFolder,
    intervals: config.intervals,
    leaseSeconds: config.leaseSeconds,
    shutdownGraceMs: config.shutdownGraceMs,
    httpPort: config.httpPort,
    atFailpoint: failpointsFrom(config.failpoints),
    log,
  });
  log.info({ health: worker.healthUrl }, "worker ready");

  let isStopping = false;
  async function stop(reason: string): Promise<void> {
    if (isStopping) return;
    isStopping = true;
    log.info({ reason }, "worker stopping");
    // What was not waited for still holds connection and database: only the end of the process ends it.
    if (!(await worker.stop())) process.exit(1);
    await connection.close();
    await database.close();
    await tracing?.stop();
    log.info("worker stopped");
  }

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      stop(signal).then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ error }, "the worker could not stop in order");
          process.exit(1);
        },
      );
    });
  }
  // A worker of Temporal's that ended by itself takes no more work: whoever runs us starts us again.
  void worker.failed.then(async (error) => {
    if (isStopping) {
      log.error(
        { error },
        "what was in hand did not end within the grace: Temporal hands it out again",
      );
      return;
    }
    log.fatal({ error }, "a Temporal worker ended by itself");
    await stop("failure");
    process.exit(1);
  });
}
