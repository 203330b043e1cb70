import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { PostgresAccount } from "./postgres-account.ts";
import { type PostgresBinaries, postgresProgram } from "./postgres-binaries.ts";

export interface ClusterInput {
  readonly folder: string;
  readonly binaries: PostgresBinaries;
  readonly account: PostgresAccount | undefined;
  readonly say: (sentence: string) => void;
}

/** The superuser's name in every cluster made here. */
export const superuser = "postgres";

const majorVersion = "18";
const passwordFileName = "usher-password";

/**
 * Makes sure that `folder` holds a database cluster of this PostgreSQL, and answers with the
 * superuser's password. A cluster is made beside its place and moved there when complete, so a
 * folder that exists was finished; one of another PostgreSQL version is set aside, never deleted.
 */
export async function prepareCluster(input: ClusterInput): Promise<{ readonly password: string }> {
  const { folder, say } = input;
  if (existsSync(folder)) {
    refuseForeignFolder(input);
    const found = readIfThere(join(folder, "PG_VERSION"))?.trim();
    const password = readIfThere(join(folder, passwordFileName))?.trim();
    if (found === majorVersion && password) return { password };
    const is = found ? `of PostgreSQL ${found}` : "not a complete database";
    setAside({ folder, why: `it is ${is}, this is PostgreSQL ${majorVersion}`, say });
  }
  return createCluster(input);
}

/** Moves away what stands where a data folder must go; nothing is deleted. */
export function setAside({
  folder,
  why,
  say,
}: {
  readonly folder: string;
  readonly why: string;
  readonly say: (sentence: string) => void;
}): void {
  const aside = `${folder}-set-aside-${new Date().toISOString().replaceAll(":", "")}`;
  renameSync(folder, aside);
  say(
    `The data folder ${folder} cannot be used: ${why}. It was moved to ${aside} and a new one is made.`,
  );
}

async function createCluster({
  folder,
  binaries,
  account,
}: ClusterInput): Promise<{ password: string }> {
  const unfinished = `${folder}.unfinished`;
  const password = randomBytes(18).toString("base64url");
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(unfinished, { mode: 0o700 });
  const passwordFile = `${unfinished}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account)
    for (const path of [unfinished, passwordFile]) chownSync(path, account.uid, account.gid);
  try {
    await promisify(execFile)(
      postgresProgram(binaries, "initdb"),
      [
        `--pgdata=${unfinished}`,
        `--username=${superuser}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        // The same order of words on every machine: not the locale of whoever starts it.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--no-instructions",
        "--no-sync",
      ],
      {
        cwd: unfinished,
        env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" },
        ...(account ? { uid: account.uid, gid: account.gid } : {}),
      },
    );
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim();
    throw new Error(
      `PostgreSQL could not make a database in ${folder}: ${said || (error as Error).message}`,
      { cause: error },
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  writeFileSync(join(unfinished, passwordFileName), `${password}\n`, { mode: 0o600 });
  if (account) chownSync(join(unfinished, passwordFileName), account.uid, account.gid);
  renameSync(unfinished, folder);
  return { password };
}

/** PostgreSQL demands to own its data; a folder made by another account would fail with a riddle. */
function refuseForeignFolder({ folder, account }: ClusterInput): void {
  const owner = statSync(folder).uid;
  const runsAs = account?.uid ?? process.getuid?.();
  if (runsAs === undefined || owner === runsAs) return;
  throw new Error(
    `The data folder ${folder} belongs to account ${owner}, PostgreSQL would run as ${runsAs}. ` +
      "Start as the user who started first, or move the folder away to begin with an empty database.",
  );
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
