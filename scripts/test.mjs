import { withBootstrap } from "./bootstrap/bootstrap.mjs";
import { createProgress } from "./bootstrap/progress.mjs";
import { runChecks } from "./checks/run-checks.mjs";
import { runVitest } from "./checks/run-vitest.mjs";

// `npm test -- <filter>` runs the tests that the filter names, and only those: no checks.
const filter = process.argv.slice(2);

await withBootstrap({}, async ({ env, node }) => {
  const progress = createProgress({ stream: process.stdout });
  const checked = filter.length > 0 ? { passed: 0, failed: 0 } : await runChecks({ env, progress });
  const tested = await runVitest({ env, node, filter });
  if (tested.problem) process.stdout.write(`\n${tested.problem}\n`);
  if (tested.skipped > 0)
    process.stdout.write(`\n${tested.skipped} tests were skipped; each says why above.\n`);
  const passed = checked.passed + tested.passed;
  const failed = checked.failed + tested.failed;
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
});
