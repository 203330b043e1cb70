import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { claimRun } from "./claim-run.ts";
import { commandLineOf } from "./process-identity.ts";

const folder = mkdtempSync(join(tmpdir(), "usher-claim-"));
const file = join(folder, "running.json");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("claimRun", () => {
  it("refuses while another run goes on, and says which and how to stop it", () => {
    const since = "2026-11-24T08:00:00.000Z";
    writeFileSync(
      file,
      JSON.stringify({ pid: process.ppid, since, commandLine: commandLineOf(process.ppid) }),
    );
    expect(() => claimRun(file)).toThrow(
      `Usher already runs from ${folder} (process ${process.ppid}, since ${since}). Stop it there with Ctrl-C, or with \`kill ${process.ppid}\``,
    );
  });

  it("takes over from a killed run whose number some other program has by now", () => {
    writeFileSync(
      file,
      JSON.stringify({ pid: process.ppid, since: "", commandLine: "node start" }),
    );
    const giveBack = claimRun(file);
    expect(() => claimRun(file)).not.toThrow();
    giveBack();
  });

  it("takes over a claim that was never written to the end", () => {
    writeFileSync(file, '{"pid": 12');
    expect(() => claimRun(file)()).not.toThrow();
  });
});
