import { join } from "node:path";
import { runCaptured } from "../bootstrap/child-processes.mjs";
import { projectFolder } from "../bootstrap/paths.mjs";
import { checks } from "./checks.mjs";

/** Runs every check, prints what a failed one said, and counts them. */
export async function runChecks({ env, progress }) {
  let failed = 0;
  for (const { name, command, args } of checks) {
    const result = await progress.step(name, async () => {
      const { code, output } = await runCaptured(
        join(projectFolder, "node_modules", ".bin", command),
        args,
        {
          cwd: projectFolder,
          env,
        },
      );
      return { failed: code !== 0, output };
    });
    if (!result.failed) continue;
    failed += 1;
    process.stdout.write(`${result.output.trimEnd()}\n\n`);
  }
  return { passed: checks.length - failed, failed };
}
