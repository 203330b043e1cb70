import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { claimRun } from "@usher/local-services";

const claimFile = "start.run";

/**
 * Makes this process the one that starts from `home`, and answers with the function that gives it
 * back. Throws a sentence that names the other one while that runs.
 */
export function claimHome(home: string): () => void {
  return claimRun(join(home, claimFile));
}

/** Everything an earlier start left in `home`, but not the claim on it. */
export function forgetAll(home: string): void {
  for (const name of readdirSync(home)) {
    if (name !== claimFile) rmSync(join(home, name), { recursive: true, force: true });
  }
}
