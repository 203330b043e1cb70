import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { commandLineOf, isAlive } from "./process-identity.ts";
import { waitUntil } from "./wait-until.ts";

/**
 * Ends what a killed run left in a data folder: a PostgreSQL that is still shutting down or was
 * orphaned, or a `postmaster.pid` whose number now belongs to some other process.
 */
export async function clearLeftoverPostgres({
  folder,
  say,
}: {
  readonly folder: string;
  readonly say: (sentence: string) => void;
}): Promise<void> {
  const file = join(folder, "postmaster.pid");
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return;
  const commandLine = commandLineOf(pid);
  if (!commandLine.includes("postgres") || !commandLine.includes(folder)) {
    say(`Removed ${file}: a killed run left it, and process ${pid} is something else by now.`);
    rmSync(file, { force: true });
    return;
  }
  say(`A PostgreSQL of an earlier run (process ${pid}) still uses ${folder}; it is stopped first.`);
  process.kill(pid, "SIGINT");
  // A process that ended but was not collected by its parent has no command line any more.
  await waitUntil(() => commandLineOf(pid) === "", {
    timeoutMs: 20_000,
    giveUp: () =>
      new Error(
        `PostgreSQL process ${pid} of an earlier run did not stop within 20 seconds. End it with \`kill -9 ${pid}\` and start again.`,
      ),
  });
}
