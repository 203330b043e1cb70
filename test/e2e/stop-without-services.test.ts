import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createUsherClient, toWireCatalog, type UsherClient } from "@usher/api-contract";
import { demoCatalog, readOrMakeSecrets, runSetup, startPart } from "@usher/cli";
import { appDatabaseUrl } from "@usher/database";
import {
  findFreePort,
  findProjectFolder,
  loopback,
  startPostgres,
  startTemporal,
  temporalBinaryIn,
} from "@usher/local-services";
import { afterEach, describe, expect, it } from "vitest";
import { dataOf } from "./orders-of.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

describe("a worker that is told to stop while PostgreSQL and Temporal are both gone", () => {
  it("says what it waits for, and does not wait out its grace for work that can be recorded nowhere", async () => {
    const { hub, worker, postgres, temporal, logFile } = await aHubOfItsOwn();
    await Promise.all(Array.from({ length: 60 }, (_, index) => sendOrder(hub, index)));
    // PostgreSQL first: the steps in hand then try again and again, and none of them ends.
    await postgres.discard();
    await temporal.stop();
    const toldAt = performance.now();
    process.kill(worker.pid, "SIGTERM");
    await worker.ended;
    const log = readFileSync(logFile, "utf8");
    expect(log).toMatch(/"waitingFor":"workflow tasks and activities in hand".*still stopping/);
    expect(log).toContain("PostgreSQL and Temporal are both away");
    expect(log).not.toContain("ended by itself");
    expect(performance.now() - toldAt).toBeLessThan(15_000);
  });
});

/** Services that this test may end, and one worker and API on them. */
async function aHubOfItsOwn() {
  const home = mkdtempSync(join(tmpdir(), "usher-stop-"));
  stops.push(async () => rmSync(home, { recursive: true, force: true }));
  const logFolder = join(home, "logs");
  const secrets = readOrMakeSecrets(home);
  const postgres = await startPostgres({
    dataFolder: join(home, "postgres"),
    durability: "test",
  });
  stops.push(() => postgres.discard());
  const temporal = await startTemporal({
    binary: temporalBinaryIn(findProjectFolder()),
    storage: { kind: "file", path: join(home, "temporal", "temporal.db") },
    logFile: join(logFolder, "temporal.log"),
  });
  stops.push(() => temporal.stop());
  const env = {
    DATABASE_URL: postgres.databaseUrl,
    USHER_APP_PASSWORD: secrets.app_password,
    USHER_KEY_ENCRYPTION_KEY: secrets.key_encryption_key,
  };
  await runSetup({ args: ["migrate"], env });
  const whose = ["--slug", "test", "--name", "Test", "--operator-email", "operator@demo.example"];
  const tenant = (await runSetup({ args: ["tenant", ...whose, "--test-key"], env })) as {
    readonly api_key: string;
  };
  const say = () => undefined;
  const apiPort = await findFreePort({ name: "api", say });
  const workerPort = await findFreePort({ name: "worker", say });
  const baseUrl = `http://${loopback}:${apiPort}`;
  const hubEnv = {
    DATABASE_URL: appDatabaseUrl({
      databaseUrl: postgres.databaseUrl,
      appPassword: secrets.app_password,
    }),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    USHER_PAYLOAD_KEYS: secrets.payload_keys,
    USHER_KEY_ENCRYPTION_KEY: secrets.key_encryption_key,
    USHER_PUBLIC_URL: baseUrl,
    USHER_HOME: home,
  };
  const onStarted = (part: { stop(): Promise<void> }) => {
    stops.push(() => part.stop());
  };
  await startPart({
    name: "api",
    entry: "apps/api/src/main.ts",
    url: baseUrl,
    readyPath: "/readyz",
    logFolder,
    onStarted,
    env: { ...hubEnv, USHER_API_HOST: loopback, USHER_API_PORT: String(apiPort) },
  });
  const { process: worker } = await startPart({
    name: "worker",
    entry: "apps/worker/src/main.ts",
    url: `http://${loopback}:${workerPort}`,
    readyPath: "/readyz",
    logFolder,
    onStarted,
    env: { ...hubEnv, USHER_WORKER_HTTP_PORT: String(workerPort) },
  });
  const hub = createUsherClient({ baseUrl, apiKey: tenant.api_key });
  await dataOf(hub.call("publishCatalog", { body: toWireCatalog(demoCatalog) }));
  return { hub, worker, postgres, temporal, logFile: worker.logFile };
}

function sendOrder(hub: UsherClient, index: number) {
  return dataOf(
    hub.call("createOrder", {
      idempotencyKey: `order-${index}`,
      body: {
        source: { system: "rest", id: `deal-${index}`, version: "1" },
        kind: "new",
        customer: { external_id: `customer-${index}`, name: "Acme GmbH", country: "DE" },
        currency: "USD",
        lines: [
          {
            line_id: "1",
            sku: "PRO",
            quantity: 3,
            unit_price: { amount: "480.00" },
            term: { starts_on: "2026-11-24", months: 12 },
          },
        ],
      },
    }),
  );
}
