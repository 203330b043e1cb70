import { delimiter, dirname, join } from "node:path";
import { stopChildrenOnSignals } from "./child-processes.mjs";
import { ensureDependencies } from "./dependencies.mjs";
import { explain, Failure, Stopped } from "./failure.mjs";
import { ensureNode, unsupported } from "./node.mjs";
import { toolPath, toolsFolder } from "./paths.mjs";
import { ensurePnpm } from "./pnpm.mjs";
import { createProgress } from "./progress.mjs";
import { ensureTemporalServer } from "./temporal-server.mjs";

/**
 * Gets what a bare clone lacks, then runs `work` with the environment to start programs in. Ends
 * this process with the exit code that `work` returns; a failure is a sentence on standard error.
 */
export async function withBootstrap({ quiet = false, needsTemporal = true }, work) {
  stopChildrenOnSignals();
  const stream = quiet ? process.stderr : process.stdout;
  const progress = createProgress({ stream, quiet: true });
  try {
    refuseUnsupportedMachine();
    await ensureNode(progress);
    await ensurePnpm(progress);
    const env = toolEnvironment();
    await ensureDependencies(progress, env);
    if (needsTemporal) await ensureTemporalServer(progress);
    process.exitCode = await work({ env, node: toolPath("node"), progress });
  } catch (error) {
    // The stop ends the process itself once everything has ended.
    if (error instanceof Stopped) {
      stream.write("Stopped.\n");
      return;
    }
    process.stderr.write(`\n${explain(error)}\n`);
    process.exitCode = 1;
  }
}

/** Programs find the project's own Node and pnpm first. */
function toolEnvironment() {
  const folders = ["node", "pnpm"].map((tool) => dirname(toolPath(tool)));
  return {
    // Node keeps what it compiled: every process of ours starts in two thirds of the time.
    NODE_COMPILE_CACHE: join(toolsFolder, "compiled"),
    ...process.env,
    PATH: [...folders, process.env.PATH ?? ""].join(delimiter),
    // pnpm and turbo neither ask questions nor report usage.
    DO_NOT_TRACK: "1",
    TURBO_TELEMETRY_DISABLED: "1",
  };
}

function refuseUnsupportedMachine() {
  if (process.platform === "win32") throw new Failure(unsupported());
  const isMusl =
    process.platform === "linux" && !process.report.getReport().header.glibcVersionRuntime;
  if (isMusl) {
    throw new Failure(
      "This Linux has musl as its C library (Alpine, for example); Temporal's worker and the bundled PostgreSQL need glibc. Use Debian, Ubuntu, Fedora or docker-compose.yml.",
    );
  }
}
