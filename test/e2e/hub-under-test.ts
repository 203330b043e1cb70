import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createUsherClient, type UsherClient } from "@usher/api-contract";
import {
  createSimulatorControl,
  type HubSecrets,
  makeApprover,
  readOrMakeSecrets,
  runSetup,
  type SimulatedCrm,
  type SimulatorControl,
  seedDemo,
  simulatorEnvironment,
  startPart,
} from "@usher/cli";
import {
  findFreePort,
  findProjectFolder,
  loopback,
  type SupervisedProcess,
} from "@usher/local-services";
import {
  createTestDatabase,
  type TestDatabase,
  testTemporal,
  uniqueTaskQueue,
} from "@usher/test-kit";

export type PartName = "simulator" | "worker" | "api";

/** A whole hub of real processes for one test file: own database, own task queues, own simulator. */
export interface HubUnderTest {
  readonly baseUrl: string;
  readonly simulatorUrl: string;
  readonly database: TestDatabase;
  readonly operator: UsherClient;
  readonly operatorKey: string;
  /** Calls in the name of Dana, who is in the groups finance and legal. */
  readonly approver: UsherClient;
  readonly simulator: SimulatorControl;
  /** SIGKILL, then started again at once on the same ports: what a supervisor would do. `env`: told otherwise than before. */
  killAndRestart(part: PartName, env?: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

export interface HubUnderTestOptions {
  readonly pollIntervalSeconds?: number;
  /** The CRM that is connected, and that `simulator` works; default Salesforce. */
  readonly crm?: SimulatedCrm;
  /** For `USHER_FAILPOINTS` of the worker. */
  readonly workerEnv?: Readonly<Record<string, string>>;
  readonly simulatorEnv?: Readonly<Record<string, string>>;
}

export async function startHubUnderTest(options: HubUnderTestOptions = {}): Promise<HubUnderTest> {
  const home = mkdtempSync(join(tmpdir(), "usher-e2e-"));
  const secrets = readOrMakeSecrets(home);
  const database = await createTestDatabase();
  const ports = await freePorts();
  const running = new Map<PartName, SupervisedProcess>();
  const parts = describeParts({ home, secrets, database, ports, options });
  const start = async (name: PartName, env: Readonly<Record<string, string>> = {}) => {
    await startPart({
      name,
      logFolder: join(home, "logs"),
      onStarted: (process) => running.set(name, process),
      ...parts[name],
      env: { ...parts[name].env, ...env },
    });
  };
  const stop = async () => {
    for (const name of ["api", "worker", "simulator"] as const) await running.get(name)?.stop();
    await database.drop();
    rmSync(home, { recursive: true, force: true });
  };

  try {
    const setupEnv = {
      DATABASE_URL: database.databaseUrl,
      USHER_KEY_ENCRYPTION_KEY: secrets.key_encryption_key,
    };
    const tenant = (await runSetup({
      args: [
        "tenant",
        "--slug",
        "test",
        "--name",
        "Test",
        "--operator-email",
        "operator@demo.example",
        "--test-key",
      ],
      env: setupEnv,
    })) as { readonly api_key: string };
    await Promise.all([start("simulator"), start("worker"), start("api")]);
    const baseUrl = parts.api.url;
    const simulatorUrl = parts.simulator.url;
    const operator = createUsherClient({ baseUrl, apiKey: tenant.api_key });
    const crm = options.crm ?? "salesforce";
    const simulator = createSimulatorControl(simulatorUrl, crm);
    await seedDemo({ hub: operator, baseUrl, simulatorUrl, simulator, secrets, crms: [crm] });
    const { apiKey } = await makeApprover(operator);
    return {
      baseUrl,
      simulatorUrl,
      database,
      operator,
      operatorKey: tenant.api_key,
      approver: createUsherClient({ baseUrl, apiKey }),
      simulator,
      killAndRestart: async (name, env) => {
        const process = running.get(name);
        if (process === undefined) throw new Error(`The ${name} does not run.`);
        globalThis.process.kill(process.pid, "SIGKILL");
        await process.ended;
        await start(name, env);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function freePorts(): Promise<Readonly<Record<PartName, number>>> {
  const say = () => undefined;
  const simulator = await findFreePort({ name: "simulator", say });
  const worker = await findFreePort({ name: "worker", say });
  const api = await findFreePort({ name: "api", say });
  return { simulator, worker, api };
}

function describeParts(input: {
  readonly home: string;
  readonly secrets: HubSecrets;
  readonly database: TestDatabase;
  readonly ports: Readonly<Record<PartName, number>>;
  readonly options: HubUnderTestOptions;
}) {
  const { home, secrets, database, ports, options } = input;
  const urlOf = (part: PartName) => `http://${loopback}:${ports[part]}`;
  const temporal = testTemporal();
  const hubEnv = {
    DATABASE_URL: database.appUrl,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    USHER_TASK_QUEUE_PREFIX: uniqueTaskQueue("e2e"),
    USHER_PAYLOAD_KEYS: secrets.payload_keys,
    USHER_KEY_ENCRYPTION_KEY: secrets.key_encryption_key,
    USHER_PUBLIC_URL: urlOf("api"),
    // Read for the bundle of the workflows alone, which is then made once for all tests.
    USHER_HOME: join(findProjectFolder(), ".usher"),
  };
  return {
    simulator: {
      entry: "apps/simulator/src/main.ts",
      url: urlOf("simulator"),
      readyPath: "/control/health",
      env: {
        SIMULATOR_HOST: loopback,
        SIMULATOR_PORT: String(ports.simulator),
        SIMULATOR_JOURNAL: join(home, "simulator"),
        ...simulatorEnvironment,
        ...options.simulatorEnv,
      },
    },
    worker: {
      entry: "apps/worker/src/main.ts",
      url: urlOf("worker"),
      readyPath: "/readyz",
      env: {
        ...hubEnv,
        USHER_WORKER_HTTP_PORT: String(ports.worker),
        USHER_POLL_INTERVAL_SECONDS: String(options.pollIntervalSeconds ?? 1),
        USHER_ANNOUNCEMENT_INTERVAL_SECONDS: String(options.pollIntervalSeconds ?? 1),
        ...options.workerEnv,
      },
    },
    api: {
      entry: "apps/api/src/main.ts",
      url: urlOf("api"),
      readyPath: "/readyz",
      env: { ...hubEnv, USHER_API_HOST: loopback, USHER_API_PORT: String(ports.api) },
    },
  } as const;
}
