import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { findFreePort, loopback } from "./free-port.ts";
import { type SupervisedProcess, startSupervisedProcess } from "./supervised-process.ts";
import { newsFlag, type TemporalStorage, temporalFlags } from "./temporal-flags.ts";
import { waitUntil } from "./wait-until.ts";

export interface StartTemporalInput {
  /** `host:port` of a server that runs already; when given, nothing is started or stopped. */
  readonly temporalAddress?: string | undefined;
  /** The server binary; the bootstrap puts it, or a link to the one on PATH, under `.tools/`. */
  readonly binary: string;
  readonly storage: TemporalStorage;
  readonly namespace?: string | undefined;
  /** Wishes; when busy, the next free port is taken and said. Without a wish, any free port. */
  readonly port?: number | undefined;
  /** Without it there is no web interface. */
  readonly uiPort?: number | undefined;
  readonly searchAttributes?: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly say?: (sentence: string) => void;
}

export interface RunningTemporal {
  /** `host:port` of the gRPC service. */
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string | undefined;
  readonly origin: "given" | "started";
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/**
 * A Temporal server whose namespace takes work: the given one, or a development server started
 * from the binary, on loopback only.
 *
 * @throws Error whose message is a sentence with the cause and what to do.
 */
export async function startTemporal(input: StartTemporalInput): Promise<RunningTemporal> {
  const say = input.say ?? (() => undefined);
  const namespace = input.namespace ?? "default";
  if (input.temporalAddress !== undefined)
    return useGivenTemporal(input.temporalAddress, namespace);
  if (!existsSync(input.binary)) {
    throw new Error(
      `No Temporal server: expected the binary ${input.binary}. Run \`npm start\` or \`npm test\` once, which fetch it, or set TEMPORAL_ADDRESS.`,
    );
  }
  if (input.storage.kind === "file") mkdirSync(dirname(input.storage.path), { recursive: true });

  const port = await findFreePort({ wanted: input.port, name: "Temporal", say });
  const uiPort =
    input.uiPort === undefined
      ? undefined
      : await findFreePort({ wanted: input.uiPort, name: "Temporal's web interface", say });
  const httpPort = await findFreePort({ name: "Temporal's HTTP API", say });
  const metricsPort = await findFreePort({ name: "Temporal's metrics", say });
  const server = startSupervisedProcess({
    name: "Temporal",
    command: input.binary,
    args: temporalFlags({
      address: { ip: loopback, port, httpPort },
      metricsPort,
      uiPort,
      canDisableNews: await knowsFlag(input.binary, newsFlag),
      namespace,
      storage: input.storage,
      searchAttributes: input.searchAttributes ?? {},
    }),
    logFile: input.logFile,
    stopSignal: "SIGINT",
  });
  try {
    await waitUntil(() => takesWork({ httpPort, namespace, server }), {
      timeoutMs: 60_000,
      giveUp: () =>
        new Error(`Temporal was not ready within 60 seconds. Its log: ${server.logFile}`),
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    address: `${loopback}:${port}`,
    namespace,
    uiUrl: uiPort === undefined ? undefined : `http://${loopback}:${uiPort}`,
    origin: "started",
    pid: server.pid,
    stop: server.stop,
  };
}

async function knowsFlag(binary: string, flag: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(binary, ["server", "start-dev", "--help"]);
    return stdout.includes(flag);
  } catch {
    // A program that cannot even say what it knows fails when started, and is shown with its log.
    return false;
  }
}

/** Describing a task queue passes through frontend, namespace registry and matching: all must be up. */
async function takesWork({
  httpPort,
  namespace,
  server,
}: {
  readonly httpPort: number;
  readonly namespace: string;
  readonly server: SupervisedProcess;
}): Promise<boolean> {
  if (!server.isRunning()) {
    throw new Error(
      `Temporal ended while starting. The end of its log (${server.logFile}):\n${server.lastLines(12)}`,
    );
  }
  try {
    const answer = await fetch(
      `http://${loopback}:${httpPort}/api/v1/namespaces/${encodeURIComponent(namespace)}/task-queues/ready?taskQueueType=TASK_QUEUE_TYPE_WORKFLOW`,
      { signal: AbortSignal.timeout(5_000) },
    );
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    // Not listening yet.
    return false;
  }
}

async function useGivenTemporal(address: string, namespace: string): Promise<RunningTemporal> {
  const [host, port] = splitAddress(address);
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host, port, timeout: 5_000 });
    const refuse = (why: string) => {
      socket.destroy();
      reject(
        new Error(
          `TEMPORAL_ADDRESS is ${address}, but nothing answers there: ${why}. ` +
            "Start that server, correct the address, or unset TEMPORAL_ADDRESS to use the project's own.",
        ),
      );
    };
    socket.once("error", (error) => refuse(error.message));
    socket.once("timeout", () => refuse("no answer within 5 seconds"));
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
  });
  return {
    address,
    namespace,
    uiUrl: undefined,
    origin: "given",
    pid: undefined,
    stop: () => Promise.resolve(),
  };
}

function splitAddress(address: string): [host: string, port: number] {
  const match = /^(.+):(\d{1,5})$/.exec(address);
  const host = match?.[1];
  const port = Number(match?.[2]);
  if (host === undefined || !(port > 0 && port < 65_536)) {
    throw new Error(
      `TEMPORAL_ADDRESS must be host:port, for example 127.0.0.1:7233; it is ${JSON.stringify(address)}.`,
    );
  }
  return [host.replace(/^\[(.*)\]$/, "$1"), port];
}
