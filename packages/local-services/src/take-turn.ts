import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { commandLineOf } from "./process-identity.ts";
import { waitUntil } from "./wait-until.ts";

/**
 * Waits until no other process does the work the file stands for, and answers with the function
 * that gives the turn back. The turn of a process that is gone has ended. Not for two callers
 * within one process.
 *
 * @throws Error with a sentence when the other one does not come to an end in time.
 */
export async function takeTurn({
  file,
  timeoutMs,
}: {
  readonly file: string;
  readonly timeoutMs: number;
}): Promise<() => void> {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${process.pid} ${commandLineOf(process.pid)}`;
  await waitUntil(() => take(file, mine), {
    timeoutMs,
    giveUp: () =>
      new Error(
        `${file} stays taken by process ${holderOf(file)?.pid ?? "unknown"}. Wait for it or end it, and try again.`,
      ),
  });
  return () => {
    if (holderOf(file)?.pid === process.pid) rmSync(file, { force: true });
  };
}

function take(file: string, mine: string): boolean {
  try {
    // Of two that come at once, the system lets one make the file.
    writeFileSync(file, mine, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const holder = holderOf(file);
    if (holder !== null && commandLineOf(holder.pid) !== holder.commandLine) {
      rmSync(file, { force: true });
    }
    return false;
  }
}

/** Null while the file is being written or was given back meanwhile. */
function holderOf(file: string): { readonly pid: number; readonly commandLine: string } | null {
  try {
    const [pid = "", ...words] = readFileSync(file, "utf8").split(" ");
    return words.length === 0 ? null : { pid: Number(pid), commandLine: words.join(" ") };
  } catch {
    return null;
  }
}
