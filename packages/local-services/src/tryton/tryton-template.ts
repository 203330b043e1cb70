import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { furnishTrytonCompany } from "./furnish-tryton-company.ts";
import { runBounded } from "./run-bounded.ts";
import { openTrytonRpc, trytonDatabase } from "./tryton-rpc.ts";
import { type InstalledTryton, startTrytonServer, writeTrytonSettings } from "./tryton-server.ts";

/** Of a database on loopback that lives for one test; not a secret. */
export const trytonAdministrator = { user: "admin", password: "admin-of-the-tests" } as const;

/**
 * A database with every module activated and one company furnished, made once per clone, pinned
 * versions and calendar year. Tests copy the file. Made in a folder of its own and moved into
 * place whole. Ends within about five minutes.
 */
export async function prepareTrytonTemplate(input: {
  readonly programs: InstalledTryton;
  readonly say: (sentence: string) => void;
}): Promise<string> {
  const { programs, say } = input;
  const firstYear = new Date().getFullYear();
  const file = join(programs.folder, `template-${firstYear}-${contentKey()}.sqlite`);
  if (existsSync(file)) return file;
  const folder = mkdtempSync(join(programs.folder, "making-"));
  try {
    say("Tryton: making a database with a company in it (once; about half a minute)");
    await makeDatabase({ programs, folder });
    say("Tryton: setting up the company");
    const server = await startTrytonServer({ programs, folder });
    try {
      const rpc = await openTrytonRpc({
        url: server.url,
        ...trytonAdministrator,
        context: { language: "en" },
      });
      await furnishTrytonCompany({ rpc, firstYear });
    } finally {
      await server.stop();
    }
    await fold(programs, join(folder, `${trytonDatabase}.sqlite`));
    renameSync(join(folder, `${trytonDatabase}.sqlite`), file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return file;
}

/** And what they depend on. */
const modules = ["sale", "account_invoice", "sale_amendment", "--activate-dependencies"];

async function makeDatabase(input: {
  readonly programs: InstalledTryton;
  readonly folder: string;
}): Promise<void> {
  const { programs, folder } = input;
  // The port is never listened on here.
  const settings = writeTrytonSettings({ folder, port: 9 });
  // The database is this file, and it must exist.
  writeFileSync(join(folder, `${trytonDatabase}.sqlite`), "");
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, trytonAdministrator.password);
  const env = { ...process.env, TRYTONPASSFILE: passwordFile };
  await mustRun({
    programs,
    args: [
      "-c",
      settings,
      "-d",
      trytonDatabase,
      "--email",
      "admin@example.com",
      "-p",
      "-u",
      ...modules,
    ],
    env,
  });
}

async function mustRun(input: {
  readonly programs: InstalledTryton;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}): Promise<void> {
  const { programs, args, env } = input;
  const { ok, output } = await runBounded({
    command: programs.admin,
    args,
    timeoutMs: 150_000,
    env,
  });
  if (!ok) {
    throw new Error(
      `Tryton's database could not be made. The end of what it said:\n${output.slice(-2_000)}`,
    );
  }
}

// The server writes ahead into a second file. A copy of the first alone would lack what is in there.
async function fold(programs: InstalledTryton, file: string): Promise<void> {
  const { ok, output } = await runBounded({
    command: programs.python,
    args: [
      "-c",
      "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('pragma wal_checkpoint(truncate)'); c.execute('pragma journal_mode = delete'); c.close()",
      file,
    ],
    timeoutMs: 30_000,
  });
  if (!ok) throw new Error(`Tryton's database could not be closed: ${output.slice(-500)}`);
}

/** Changes with what is put into the template. */
function contentKey(): string {
  const hash = createHash("sha256");
  for (const name of ["furnish-tryton-company.ts", "tryton-template.ts"]) {
    hash.update(readFileSync(join(import.meta.dirname, name)));
  }
  return hash.digest("hex").slice(0, 12);
}
