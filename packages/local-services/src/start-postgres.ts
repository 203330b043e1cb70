import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import pg from "pg";
import { claimRun } from "./claim-run.ts";
import { findFreePort, loopback } from "./free-port.ts";
import { clearLeftoverPostgres } from "./leftover-postgres.ts";
import {
  findPostgresAccount,
  isReachableByOthers,
  type PostgresAccount,
} from "./postgres-account.ts";
import {
  findPostgresBinaries,
  type PostgresBinaries,
  postgresProgram,
} from "./postgres-binaries.ts";
import { prepareCluster, setAside, superuser } from "./postgres-cluster.ts";
import { type SupervisedProcess, startSupervisedProcess } from "./supervised-process.ts";
import { waitUntil } from "./wait-until.ts";

export interface StartPostgresInput {
  /** A PostgreSQL that runs already; when given, nothing is started and nothing is stopped. */
  readonly databaseUrl?: string | undefined;
  /** Where the data is kept; made when missing, used again when there. */
  readonly dataFolder: string;
  /** The wish; when busy, the next free port is taken and said. Without a wish, any free port. */
  readonly port?: number | undefined;
  /**
   * `kept`: an acknowledged commit survives a power cut. `test`: no waiting for the disk; data
   * survives the death of any process, not that of the machine.
   */
  readonly durability: "kept" | "test";
  /** Sentences about what was found and done: a busy port, a folder set aside. */
  readonly say?: (sentence: string) => void;
}

export interface RunningPostgres {
  /** Superuser URL of the database `postgres`, or the URL that was given. */
  readonly databaseUrl: string;
  readonly origin: "given" | "started";
  readonly pid: number | undefined;
  /** Where the data really is: as root it may be outside a folder that only root can enter. */
  readonly dataFolder: string | undefined;
  stop(): Promise<void>;
  /** Stops it and deletes its data: for tests. A given server is left as it is. */
  discard(): Promise<void>;
}

/**
 * PostgreSQL on this machine, ready for connections: the given one, or one started from the
 * binaries inside the npm package, on loopback only, without TLS.
 *
 * @throws Error whose message is a sentence with the cause and what to do.
 */
export async function startPostgres(input: StartPostgresInput): Promise<RunningPostgres> {
  const say = input.say ?? (() => undefined);
  if (input.databaseUrl !== undefined) return useGivenPostgres(input.databaseUrl);

  const place = resolve(input.dataFolder);
  const giveBack = claimRun(`${place}.run`);
  try {
    return await startClaimed({ input, place, giveBack, say });
  } catch (error) {
    giveBack();
    throw error;
  }
}

async function startClaimed({
  input,
  place,
  giveBack,
  say,
}: {
  readonly input: StartPostgresInput;
  readonly place: string;
  readonly giveBack: () => void;
  readonly say: (sentence: string) => void;
}): Promise<RunningPostgres> {
  const account = findPostgresAccount();
  const binaries = reachableBinaries(findPostgresBinaries(), account);
  const dataFolder = reachableDataFolder({ folder: place, account, say });
  await clearLeftoverPostgres({ folder: dataFolder, say });
  const { password } = await prepareCluster({ folder: dataFolder, binaries, account, say });
  const port = await findFreePort({ wanted: input.port, name: "PostgreSQL", say });
  const server = startSupervisedProcess({
    name: "PostgreSQL",
    command: postgresProgram(binaries, "postgres"),
    args: ["-D", dataFolder, ...settings({ port, durability: input.durability })],
    cwd: dataFolder,
    env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" },
    logFile: `${place}.log`,
    stopSignal: "SIGINT",
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  });
  const databaseUrl = `postgresql://${superuser}:${password}@${loopback}:${port}/postgres`;
  try {
    await waitUntil(() => accepts(databaseUrl, server), {
      timeoutMs: 60_000,
      giveUp: () =>
        new Error(`PostgreSQL was not ready within 60 seconds. Its log: ${server.logFile}`),
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  const stop = async () => {
    await server.stop();
    giveBack();
  };
  return {
    databaseUrl,
    origin: "started",
    pid: server.pid,
    dataFolder,
    stop,
    discard: async () => {
      await stop();
      removePostgresData(place);
    },
  };
}

function settings({ port, durability }: { port: number; durability: "kept" | "test" }): string[] {
  const values = {
    listen_addresses: loopback,
    port,
    // No socket file: its path has a length limit, and loopback is all that is needed.
    unix_socket_directories: "",
    ssl: "off",
    max_connections: 200,
    shared_buffers: "128MB",
    log_timezone: "UTC",
    timezone: "UTC",
    ...(durability === "test" ? { fsync: "off", full_page_writes: "off" } : {}),
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

async function accepts(connectionString: string, server: SupervisedProcess): Promise<boolean> {
  if (!server.isRunning()) {
    throw new Error(
      `PostgreSQL ended while starting. The end of its log (${server.logFile}):\n${server.lastLines(12)}`,
    );
  }
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    const code = (error as { code?: string }).code;
    // Not listening yet; 57P03: listening, still recovering.
    if (code === "ECONNREFUSED" || code === "57P03" || code === "ECONNRESET") return false;
    throw error;
  }
}

async function useGivenPostgres(databaseUrl: string): Promise<RunningPostgres> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.end();
  } catch (error) {
    throw new Error(
      `DATABASE_URL is set, but no PostgreSQL answers there: ${(error as Error).message}. ` +
        "Start that server, correct the URL, or unset DATABASE_URL to use the bundled PostgreSQL.",
      { cause: error },
    );
  }
  return {
    databaseUrl,
    origin: "given",
    pid: undefined,
    dataFolder: undefined,
    stop: () => Promise.resolve(),
    discard: () => Promise.resolve(),
  };
}

/** As root, in a folder that only root may enter (`/root/usher`), the programs are copied out of it. */
function reachableBinaries(
  binaries: PostgresBinaries,
  account: PostgresAccount | undefined,
): PostgresBinaries {
  if (!account || isReachableByOthers(postgresProgram(binaries, "postgres"))) return binaries;
  const copy = join(publicFolder(), `binaries-${shortHash(binaries.folder)}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    cpSync(binaries.folder, unfinished, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(unfinished, copy);
    } catch (error) {
      // Another start was faster; its copy is as good.
      if (!existsSync(copy)) throw error;
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return { folder: copy };
}

function reachableDataFolder({
  folder,
  account,
  say,
}: {
  readonly folder: string;
  readonly account: PostgresAccount | undefined;
  readonly say: (sentence: string) => void;
}): string {
  mkdirSync(dirname(folder), { recursive: true });
  if (!account || isReachableByOthers(dirname(folder))) return folder;
  const elsewhere = join(publicFolder(), `${basename(folder)}-${shortHash(folder)}`);
  const entry = lstatSync(folder, { throwIfNoEntry: false });
  if (entry?.isSymbolicLink() && readlinkSync(folder) === elsewhere) return elsewhere;
  // The link is how the data is found, and deleted, where it was asked for: who removed the link
  // wanted to begin anew.
  rmSync(elsewhere, { recursive: true, force: true });
  if (entry) setAside({ folder, why: `${account.name} may not enter ${dirname(folder)}`, say });
  symlinkSync(elsewhere, folder);
  say(
    `PostgreSQL runs as ${account.name}, who may not enter ${dirname(folder)}: its data is kept in ${elsewhere}.`,
  );
  return elsewhere;
}

/** Deletes the data and the log that a stopped server kept for this folder, wherever the data is. */
export function removePostgresData(folder: string): void {
  const entry = lstatSync(folder, { throwIfNoEntry: false });
  if (entry?.isSymbolicLink()) rmSync(readlinkSync(folder), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  for (const beside of ["log", "run"]) rmSync(`${folder}.${beside}`, { force: true });
}

/** Owned by root and open for passing only, so nobody else can put anything there. */
function publicFolder(): string {
  const parent = existsSync("/var/tmp") ? "/var/tmp" : tmpdir();
  const folder = join(parent, "usher-root");
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  return folder;
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
