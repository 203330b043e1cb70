import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { runInherited } from "../bootstrap/child-processes.mjs";
import { projectFolder } from "../bootstrap/paths.mjs";
import { countTests } from "./count-tests.mjs";

/** Runs vitest with its own output, all projects or what the filter leaves, and counts the tests. */
export async function runVitest({ env, node, filter }) {
  const reportFile = join(projectFolder, ".usher", "test-report", `${process.pid}.json`);
  mkdirSync(dirname(reportFile), { recursive: true });
  try {
    const { code } = await runInherited(
      node,
      [
        "node_modules/vitest/vitest.mjs",
        "run",
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${reportFile}`,
        ...filter,
      ],
      { cwd: projectFolder, env },
    );
    const counted = existsSync(reportFile)
      ? countTests(JSON.parse(readFileSync(reportFile, "utf8")))
      : { passed: 0, failed: 0, skipped: 0 };
    // vitest can fail beside its tests: an unhandled rejection, a set-up that threw, a crash.
    if (code !== 0 && counted.failed === 0) {
      return {
        ...counted,
        failed: 1,
        problem: `vitest ended with code ${code} although no test failed; its output above says why.`,
      };
    }
    if (counted.passed + counted.failed === 0) {
      return {
        ...counted,
        failed: 1,
        problem: "No test was run: a run that tests nothing has not passed.",
      };
    }
    return counted;
  } finally {
    rmSync(reportFile, { force: true });
  }
}
