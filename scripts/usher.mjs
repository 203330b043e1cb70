import { join } from "node:path";
import { withBootstrap } from "./bootstrap/bootstrap.mjs";
import { runInherited } from "./bootstrap/child-processes.mjs";
import { projectFolder } from "./bootstrap/paths.mjs";

// Only `start` runs a Temporal server of its own; the other commands talk to the hub.
const needsTemporal = process.argv[2] === "start";

await withBootstrap({ quiet: true, needsTemporal }, async ({ env, node }) => {
  const main = join(projectFolder, "apps/cli/src/main.ts");
  const { code } = await runInherited(node, [main, ...process.argv.slice(2)], {
    // npm goes to the project's folder first; a file is named from where the person stands.
    cwd: process.env.INIT_CWD ?? process.cwd(),
    env,
  });
  return code;
});
