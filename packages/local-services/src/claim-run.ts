import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { commandLineOf } from "./process-identity.ts";

/**
 * Makes this process the one that runs what the file stands for, and answers with the function that
 * gives it back. A claim whose process is gone, or whose number some other program has by now, does
 * not count.
 *
 * @throws Error with a sentence when another run holds the claim.
 */
export function claimRun(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true });
  const other = readClaim(file);
  if (other && other.pid !== process.pid && commandLineOf(other.pid) === other.commandLine) {
    throw new Error(
      `Usher already runs from ${dirname(file)} (process ${other.pid}, since ${other.since}). ` +
        `Stop it there with Ctrl-C, or with \`kill ${other.pid}\`, and start again.`,
    );
  }
  const mine = {
    pid: process.pid,
    since: new Date().toISOString(),
    commandLine: commandLineOf(process.pid),
  };
  writeFileSync(file, `${JSON.stringify(mine)}\n`);
  return () => {
    if (readClaim(file)?.pid === process.pid) rmSync(file, { force: true });
  };
}

interface Claim {
  readonly pid: number;
  readonly since: string;
  readonly commandLine: string;
}

function readClaim(file: string): Claim | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const claim = JSON.parse(readFileSync(file, "utf8")) as Claim;
    return Number.isInteger(claim.pid) && claim.pid > 1 ? claim : undefined;
  } catch {
    // Half written by a killed run: it claims nothing.
    return undefined;
  }
}
