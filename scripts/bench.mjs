import { withBootstrap } from "./bootstrap/bootstrap.mjs";
import { runInherited } from "./bootstrap/child-processes.mjs";
import { ensureBenchDependencies } from "./bootstrap/dependencies.mjs";
import { projectFolder } from "./bootstrap/paths.mjs";

await withBootstrap({}, async ({ env, node, progress }) => {
  await ensureBenchDependencies(progress, env);
  const { code } = await runInherited(node, ["bench/src/main.ts", ...process.argv.slice(2)], {
    cwd: projectFolder,
    env,
  });
  return code;
});
