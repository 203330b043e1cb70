import { describe, expect, it } from "vitest";
import { countTests } from "./count-tests.mjs";

const file = (status, ...tests) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

describe("countTests", () => {
  it("adds up the tests of all files", () => {
    const testResults = [
      file("passed", "passed", "passed"),
      file("failed", "passed", "failed", "failed"),
    ];
    expect(countTests({ testResults })).toEqual({ passed: 3, failed: 2, skipped: 0 });
  });

  it("counts a file that could not be run as one failure", () => {
    expect(countTests({ testResults: [file("failed")] })).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
    });
  });

  it("keeps skipped and unwritten tests apart from both", () => {
    const testResults = [file("passed", "passed", "skipped", "todo", "pending")];
    expect(countTests({ testResults })).toEqual({ passed: 1, failed: 0, skipped: 3 });
  });

  it("finds nothing in an empty report", () => {
    expect(countTests({})).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});
