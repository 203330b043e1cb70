/**
 * Passed and failed tests of vitest's JSON report. A file that could not be run at all holds no
 * failed test, yet is a failure: it counts as one.
 */
export function countTests(report) {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for (const file of report.testResults ?? []) {
    const results = file.assertionResults ?? [];
    const failedHere = results.filter((test) => test.status === "failed").length;
    passed += results.filter((test) => test.status === "passed").length;
    skipped += results.filter(
      (test) => test.status !== "passed" && test.status !== "failed",
    ).length;
    failed += failedHere === 0 && file.status === "failed" ? 1 : failedHere;
  }
  return { passed, failed, skipped };
}
