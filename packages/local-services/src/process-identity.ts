import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Whether any process has this id; one that belongs to another account counts too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * The command line of a running process, its words joined by spaces; empty when there is none.
 * Ids are reused, so a pid from a file says nothing until its command line agrees.
 */
export function commandLineOf(pid: number): string {
  if (!isAlive(pid)) return "";
  try {
    if (process.platform === "linux") {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    }
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    // It ended between the two questions.
    return "";
  }
}
