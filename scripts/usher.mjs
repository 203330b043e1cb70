import { withBootstrap } from "./bootstrap/bootstrap.mjs";
import { runInherited } from "./bootstrap/child-processes.mjs";
import { projectFolder } from "./bootstrap/paths.mjs";

// Only `start` runs a Temporal server of its own; the other commands talk to the hub.
const needsTemporal = process.argv[2] === "start";

await withBootstrap({ quiet: true, needsTemporal }, async ({ env, node }) => {
  const { code } = await runInherited(node, ["apps/cli/src/main.ts", ...process.argv.slice(2)], {
    cwd: projectFolder,
    env,
  });
  return code;
});
