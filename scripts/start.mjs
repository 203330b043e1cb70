import { withBootstrap } from "./bootstrap/bootstrap.mjs";
import { runInherited } from "./bootstrap/child-processes.mjs";
import { projectFolder } from "./bootstrap/paths.mjs";

await withBootstrap({}, async ({ env, node }) => {
  const { code } = await runInherited(
    node,
    ["apps/cli/src/main.ts", "start", ...process.argv.slice(2)],
    {
      cwd: projectFolder,
      env,
    },
  );
  return code;
});
