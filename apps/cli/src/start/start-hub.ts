import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createUsherClient } from "@usher/api-contract";
import {
  findFreePort,
  loopback,
  type SupervisedProcess,
  startPostgres,
  startTemporal,
  temporalBinaryIn,
} from "@usher/local-services";
import { z } from "zod";
import { type CliConfig, projectRoot } from "../config.ts";
import { startPart } from "./hub-parts.ts";
import type { HubSecrets } from "./hub-secrets.ts";
import type { ProgressSteps } from "./progress-steps.ts";
import { runSetup } from "./run-setup.ts";
import { simulatorEnvironment } from "./seed-demo.ts";

export interface RunningHub {
  readonly baseUrl: string;
  readonly operatorKey: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly temporalUiUrl: string | undefined;
  readonly simulatorUrl: string;
  readonly logFolder: string;
  /** Every process started here that still runs. */
  readonly processes: () => readonly SupervisedProcess[];
  stop(): Promise<void>;
}

interface Stoppable {
  stop(): Promise<void>;
}

/**
 * Starts every part on loopback: PostgreSQL, Temporal and the simulator at once, then the schema,
 * then the API, and the worker last: where an earlier start's connections lead, another demo may be
 * by now, and its deals are not this hub's. Whatever was started is stopped again when a later part fails.
 */
export async function startHub(input: {
  readonly config: CliConfig;
  readonly secrets: HubSecrets;
  readonly steps: ProgressSteps;
  readonly say: (sentence: string) => void;
  readonly signal: AbortSignal;
  /** Brings the connections to where the vendors are this time; before anything is read from them. */
  readonly connect: (
    hub: Pick<RunningHub, "baseUrl" | "operatorKey" | "simulatorUrl">,
  ) => Promise<void>;
}): Promise<RunningHub> {
  const { config, secrets, steps, say } = input;
  const logFolder = join(config.home, "logs");
  mkdirSync(logFolder, { recursive: true });
  const started: Stoppable[] = [];
  const processes: SupervisedProcess[] = [];
  const stop = async () => {
    // Last started, first stopped: the hub lets go of its database before that goes away.
    for (const part of started.toReversed()) await part.stop();
    started.length = 0;
  };
  const keep = <Part extends Stoppable>(part: Part): Part => {
    started.push(part);
    return part;
  };
  const onStarted = (process: SupervisedProcess) => {
    processes.push(process);
    keep(process);
  };

  try {
    const port = (wanted: number | undefined, name: string) => findFreePort({ wanted, name, say });
    // One after the other, so that two parts do not find the same free port.
    const apiPort = await port(config.port, "the hub");
    const simulatorPort = await port(config.port + 1, "the simulator");
    const workerPort = await port(config.port + 2, "the worker's health page");

    const [postgres, temporal, simulator] = await settleAll([
      steps.run("PostgreSQL", async () =>
        keep(
          await startPostgres({
            databaseUrl: config.databaseUrl,
            dataFolder: join(config.home, "postgres"),
            durability: "kept",
            say,
          }),
        ),
      ),
      steps.run("Temporal", async () =>
        keep(
          await startTemporal({
            temporalAddress: config.temporalAddress,
            binary: temporalBinaryIn(projectRoot),
            storage: { kind: "file", path: join(config.home, "temporal", "temporal.db") },
            port: 7233,
            uiPort: config.port + 3,
            logFile: join(logFolder, "temporal.log"),
            say,
          }),
        ),
      ),
      steps.run("Simulated vendors", () =>
        startPart({
          name: "simulator",
          entry: "apps/simulator/src/main.ts",
          url: `http://${loopback}:${simulatorPort}`,
          readyPath: "/control/health",
          logFolder,
          onStarted,
          env: {
            SIMULATOR_HOST: loopback,
            SIMULATOR_PORT: String(simulatorPort),
            SIMULATOR_JOURNAL: join(config.home, "simulator"),
            ...simulatorEnvironment,
          },
        }),
      ),
    ]);
    input.signal.throwIfAborted();

    const setupEnv = {
      DATABASE_URL: postgres.databaseUrl,
      USHER_APP_PASSWORD: secrets.app_password,
      USHER_KEY_ENCRYPTION_KEY: secrets.key_encryption_key,
    };
    await steps.run("Schema, tenant and keys", async () => {
      await runSetup({ args: ["migrate"], env: setupEnv });
      await runSetup({ args: [...tenantArgs, "--without-key"], env: setupEnv });
    });
    input.signal.throwIfAborted();

    const baseUrl = `http://${loopback}:${apiPort}`;
    const hubEnv = {
      DATABASE_URL: asAppRole({
        databaseUrl: postgres.databaseUrl,
        password: secrets.app_password,
      }),
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      USHER_PAYLOAD_KEYS: secrets.payload_keys,
      USHER_KEY_ENCRYPTION_KEY: secrets.key_encryption_key,
      USHER_PUBLIC_URL: baseUrl,
      USHER_HOME: config.home,
      ...(temporal.uiUrl === undefined ? {} : { TEMPORAL_UI_URL: temporal.uiUrl }),
    };
    await steps.run("API", () =>
      startPart({
        name: "api",
        entry: "apps/api/src/main.ts",
        url: baseUrl,
        readyPath: "/readyz",
        logFolder,
        onStarted,
        env: { ...hubEnv, USHER_API_HOST: loopback, USHER_API_PORT: String(apiPort) },
      }),
    );
    const operatorKey =
      (await keyThatStillWorks({ baseUrl, apiKey: config.demo?.api_key })) ??
      operatorKeySchema.parse(await runSetup({ args: tenantArgs, env: setupEnv })).api_key;
    input.signal.throwIfAborted();
    await steps.run("Connections", () =>
      input.connect({ baseUrl, operatorKey, simulatorUrl: simulator.url }),
    );
    input.signal.throwIfAborted();
    await steps.run("Worker", () =>
      startPart({
        name: "worker",
        entry: "apps/worker/src/main.ts",
        url: `http://${loopback}:${workerPort}`,
        readyPath: "/readyz",
        logFolder,
        onStarted,
        env: {
          ...hubEnv,
          USHER_WORKER_HTTP_PORT: String(workerPort),
          USHER_POLL_INTERVAL_SECONDS: "2",
        },
      }),
    );
    return {
      baseUrl,
      operatorKey,
      databaseUrl: postgres.databaseUrl,
      temporalAddress: temporal.address,
      temporalUiUrl: temporal.uiUrl,
      simulatorUrl: simulator.url,
      logFolder,
      processes: () => processes,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const demoTenant = {
  "--slug": "demo",
  "--name": "Demo Software",
  "--time-zone": "Europe/Berlin",
  "--operator-email": "operator@demo.example",
  "--operator-name": "Olu Operator",
};
const tenantArgs = ["tenant", ...Object.entries(demoTenant).flat(), "--test-key"];

const operatorKeySchema = z.object({ api_key: z.string() });

/** The key of an earlier start, so that scripts that know it go on working; undefined when this hub refuses it. */
async function keyThatStillWorks(input: {
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
}): Promise<string | undefined> {
  if (input.apiKey === undefined) return undefined;
  const hub = createUsherClient({ baseUrl: input.baseUrl, apiKey: input.apiKey });
  const answer = await hub.call("listApiKeys", { query: { limit: 1 } });
  return answer.ok ? input.apiKey : undefined;
}

/** Waits for all, also when one fails, so that nothing is still starting when the failure is handled. */
async function settleAll<const Work extends readonly Promise<unknown>[]>(
  work: Work,
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  await Promise.allSettled(work);
  return (await Promise.all(work)) as { -readonly [Index in keyof Work]: Awaited<Work[Index]> };
}

function asAppRole(input: { readonly databaseUrl: string; readonly password: string }): string {
  const url = new URL(input.databaseUrl);
  url.username = "usher_app";
  url.password = input.password;
  return url.href;
}
