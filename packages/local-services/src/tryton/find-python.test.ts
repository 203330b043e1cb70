import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findPython } from "./find-python.ts";
import { runBounded } from "./run-bounded.ts";

let folder: string;
const path = process.env.PATH;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-python-"));
  process.env.PATH = folder;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

/** A python3 that answers the probe with these three words. */
function aPython(answer: string): void {
  const file = join(folder, "python3");
  writeFileSync(file, `#!/bin/sh\necho ${answer}\n`);
  chmodSync(file, 0o755);
}

it("a machine without Python is told so, by a reason and not by an error", async () => {
  expect(await findPython()).toEqual({ kind: "missing", because: "no python3 on PATH" });
});

it.each([
  ["False True True", "python3 is older than 3.10"],
  ["True False False", "python3 has no pip"],
])("a Python that answers %s is not used: %s", async (answer, because) => {
  aPython(answer);
  expect(await findPython()).toEqual({ kind: "missing", because });
});

it.each([
  ["True True False", true],
  // Debian's own pip is too old for `--python`, but the environment brings one.
  ["True False True", false],
])("a Python that answers %s is used", async (answer, hasPip) => {
  aPython(answer);
  expect(await findPython()).toEqual({ kind: "found", command: "python3", hasPip });
});

it("a program that does not end is ended", async () => {
  const { ok, output } = await runBounded({
    command: "/bin/sh",
    args: ["-c", "while :; do :; done"],
    timeoutMs: 100,
  });
  expect(ok).toBe(false);
  expect(output).toContain("stopped after 0.1 s");
});
