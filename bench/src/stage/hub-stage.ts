import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  createSimulatorControl,
  readOrMakeSecrets,
  runSetup,
  type SimulatorControl,
  seedDemo,
  simulatorEnvironment,
  startPart,
} from "../../../apps/cli/src/index.ts";
import { createUsherClient, type UsherClient } from "../../../packages/api-contract/src/index.ts";
import { appDatabaseUrl } from "../../../packages/database/src/index.ts";
import {
  findFreePort,
  findProjectFolder,
  isAlive,
  loopback,
  removePostgresData,
  type SupervisedProcess,
  startPostgres,
  startTemporal,
  temporalBinaryIn,
} from "../../../packages/local-services/src/index.ts";

/** Real PostgreSQL, real Temporal and the hub's own processes, for one benchmark. */
export interface HubStage {
  readonly baseUrl: string;
  readonly apiPort: number;
  readonly apiPid: number;
  readonly operatorKey: string;
  readonly operator: UsherClient;
  /** As the app's role: row-level security holds. */
  readonly appUrl: string;
  readonly ownerUrl: string;
  readonly temporal: { readonly address: string; readonly namespace: string };
  readonly payloadKeys: string;
  readonly simulator: { readonly url: string; readonly control: SimulatorControl } | null;
  stop(): Promise<void>;
}

interface Stoppable {
  stop(): Promise<void>;
}

/**
 * As `npm start` starts it: commits are durable, histories are kept in a file. With `vendors` the
 * simulated Salesforce and Stripe run beside it and are connected; without, nothing is billed.
 */
export async function startHubStage({
  hasWorker,
  hasVendors,
}: {
  readonly hasWorker: boolean;
  readonly hasVendors: boolean;
}): Promise<HubStage> {
  const home = makeRunFolder();
  const started: Stoppable[] = [];
  const stop = async () => {
    for (const part of started.toReversed()) await part.stop();
    removePostgresData(join(home, "postgres"));
    rmSync(home, { recursive: true, force: true });
  };
  const keep = <Part extends Stoppable>(part: Part): Part => {
    started.push(part);
    return part;
  };
  try {
    const secrets = readOrMakeSecrets(home);
    const say = () => undefined;
    const postgres = keep(
      await startPostgres({ dataFolder: join(home, "postgres"), durability: "kept" }),
    );
    const temporal = keep(
      await startTemporal({
        binary: temporalBinaryIn(findProjectFolder()),
        storage: { kind: "file", path: join(home, "temporal", "temporal.db") },
        logFile: join(home, "logs", "temporal.log"),
      }),
    );
    const setupEnv = {
      DATABASE_URL: postgres.databaseUrl,
      USHER_APP_PASSWORD: secrets.app_password,
      USHER_KEY_ENCRYPTION_KEY: secrets.key_encryption_key,
    };
    await runSetup({ args: ["migrate"], env: setupEnv });
    const tenant = (await runSetup({
      args: [
        ...["tenant", "--slug", "bench", "--name", "Bench"],
        ...["--operator-email", "operator@bench.example", "--test-key"],
      ],
      env: setupEnv,
    })) as { readonly api_key: string };

    const ports = {
      api: await findFreePort({ name: "API", say }),
      worker: await findFreePort({ name: "worker", say }),
      simulator: await findFreePort({ name: "simulator", say }),
    };
    const urlOf = (part: keyof typeof ports) => `http://${loopback}:${ports[part]}`;
    const appUrl = appDatabaseUrl({
      databaseUrl: postgres.databaseUrl,
      appPassword: secrets.app_password,
    });
    const hubEnv = {
      DATABASE_URL: appUrl,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      USHER_PAYLOAD_KEYS: secrets.payload_keys,
      USHER_KEY_ENCRYPTION_KEY: secrets.key_encryption_key,
      USHER_PUBLIC_URL: urlOf("api"),
      USHER_HOME: home,
      USHER_LOG_LEVEL: "warn",
      // One client asks for all of them.
      USHER_REQUESTS_PER_SECOND: "1000000",
      USHER_CHECKS_PER_SECOND: "1000000",
    };
    const start = async (
      part: keyof typeof ports,
      readyPath: string,
      env: Readonly<Record<string, string>>,
    ) => {
      let process: SupervisedProcess | undefined;
      await startPart({
        name: part,
        entry: `apps/${part}/src/main.ts`,
        url: urlOf(part),
        readyPath,
        env,
        logFolder: join(home, "logs"),
        onStarted: (one) => {
          process = keep(one);
        },
      });
      if (process === undefined) throw new Error(`The ${part} was not started.`);
      return process;
    };
    if (hasVendors) {
      await start("simulator", "/control/health", {
        SIMULATOR_HOST: loopback,
        SIMULATOR_PORT: String(ports.simulator),
        SIMULATOR_JOURNAL: join(home, "simulator"),
        ...simulatorEnvironment,
      });
    }
    const [api] = await Promise.all([
      start("api", "/readyz", {
        ...hubEnv,
        USHER_API_HOST: loopback,
        USHER_API_PORT: String(ports.api),
      }),
      hasWorker
        ? start("worker", "/readyz", {
            ...hubEnv,
            USHER_WORKER_HTTP_PORT: String(ports.worker),
            USHER_POLL_INTERVAL_SECONDS: "1",
          })
        : null,
    ]);
    const operator = createUsherClient({ baseUrl: urlOf("api"), apiKey: tenant.api_key });
    const control = hasVendors ? createSimulatorControl(urlOf("simulator")) : null;
    if (control !== null) {
      await seedDemo({
        hub: operator,
        baseUrl: urlOf("api"),
        simulatorUrl: urlOf("simulator"),
        simulator: control,
        secrets,
      });
    }
    return {
      baseUrl: urlOf("api"),
      apiPort: ports.api,
      apiPid: api.pid,
      operatorKey: tenant.api_key,
      operator,
      appUrl,
      ownerUrl: postgres.databaseUrl,
      temporal,
      payloadKeys: secrets.payload_keys,
      simulator: control === null ? null : { url: urlOf("simulator"), control },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A folder of this process's own; those of runs that died are removed. */
function makeRunFolder(): string {
  const runs = join(findProjectFolder(), ".usher", "bench-runs");
  mkdirSync(runs, { recursive: true });
  for (const name of readdirSync(runs)) {
    const [pid] = name.split("-");
    if (isAlive(Number(pid))) continue;
    removePostgresData(join(runs, name, "postgres"));
    rmSync(join(runs, name), { recursive: true, force: true });
  }
  stages += 1;
  const folder = join(runs, `${process.pid}-${stages}`);
  mkdirSync(folder);
  return folder;
}

let stages = 0;
