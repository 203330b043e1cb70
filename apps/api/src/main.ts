import { setTimeout as delay } from "node:timers/promises";
import { createDatabase } from "@usher/database";
import { hubKeyEncryptionKey } from "@usher/token-signer";
import { readConfig } from "./config.ts";
import { createApi } from "./create-api.ts";
import { loadConnectors } from "./load-connectors.ts";
import { createLogger } from "./observability/create-logger.ts";
import { startTracing } from "./observability/start-tracing.ts";
import { serveApi } from "./serve-api.ts";
import { openTemporalDoor } from "./temporal-door.ts";

const config = readConfig();
const log = createLogger({ level: config.logLevel, service: "usher-api" });
const tracing =
  config.otlpEndpoint === undefined
    ? null
    : startTracing({ endpoint: config.otlpEndpoint, service: "usher-api" });

const database = createDatabase({
  url: config.database.url,
  poolSize: config.database.poolSize,
  applicationName: "usher-api",
  onIdleError: (error) => log.warn({ err: error }, "a database connection broke"),
});
const [newestKey, ...olderKeys] = config.keyEncryptionKeys;
const temporal = openTemporalDoor({ options: config.temporal, log });
const loaded = await loadConnectors({ folder: config.connectorsFolder });
for (const { problem } of loaded.brokenConnectors) log.error(problem);
const api = createApi({
  database,
  temporal,
  ...loaded,
  keks: [hubKeyEncryptionKey(newestKey), ...olderKeys.map(hubKeyEncryptionKey)],
  publicUrl: config.publicUrl,
  tokenAudience: config.tokenAudience,
  log,
  clock: Date.now,
  limits: config.limits,
});
// Listening comes first: /healthz and /readyz tell how far loading is.
const served = await serveApi(api, { host: config.host, port: config.port });
log.info({ url: served.url }, "listening");

let isStopping = false;
async function stop(reason: string): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  log.info({ reason }, "stopping");
  await served.close({ graceMs: config.shutdownGraceMs });
  await api.close();
  await temporal.close();
  await database.close();
  await tracing?.stop();
  log.info("stopped");
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    stop(signal).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "the API could not stop in order");
        process.exit(1);
      },
    );
  });
}

// The database may come up after us: until then /readyz says what is missing.
for (let waitMs = 250; !isStopping; waitMs = Math.min(waitMs * 2, 5_000)) {
  try {
    await api.start();
    log.info("ready");
    break;
  } catch (error) {
    log.warn({ err: error }, "not ready yet; trying again");
    await delay(waitMs);
  }
}
