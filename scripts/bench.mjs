import { existsSync } from "node:fs";
import { join } from "node:path";
import { withBootstrap } from "./bootstrap/bootstrap.mjs";
import { runCaptured, runInherited } from "./bootstrap/child-processes.mjs";
import { Failure } from "./bootstrap/failure.mjs";
import { indent } from "./bootstrap/npm-package.mjs";
import { projectFolder, toolPath } from "./bootstrap/paths.mjs";

const benchFolder = join(projectFolder, "bench");

await withBootstrap({}, async ({ env, node, progress }) => {
  if (!existsSync(join(benchFolder, "node_modules", ".modules.yaml"))) {
    await progress.step("Dependencies of the benchmarks", async () => {
      const { code, output } = await runCaptured(
        toolPath("pnpm"),
        ["install", "--frozen-lockfile", "--ignore-workspace", "--reporter=append-only"],
        { cwd: benchFolder, env },
      );
      if (code !== 0) {
        throw new Failure(
          `pnpm could not install the dependencies of bench/. It said:\n${indent(output)}`,
        );
      }
    });
  }
  const { code } = await runInherited(node, ["bench/src/main.ts", ...process.argv.slice(2)], {
    cwd: projectFolder,
    env,
  });
  return code;
});
