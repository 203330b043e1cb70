import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { commandLineOf } from "./process-identity.ts";
import { takeTurn } from "./take-turn.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-turn-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("a free turn is taken at once and given back", async () => {
  const file = join(folder, "deep", "turn");
  const giveBack = await takeTurn({ file, timeoutMs: 1_000 });
  expect(existsSync(file)).toBe(true);
  giveBack();
  expect(existsSync(file)).toBe(false);
});

it("the turn of a living process is waited for, and the wait ends with a sentence", async () => {
  const file = join(folder, "turn");
  writeFileSync(file, `${process.ppid} ${commandLineOf(process.ppid)}`);
  await expect(takeTurn({ file, timeoutMs: 60 })).rejects.toThrow(
    `stays taken by process ${process.ppid}`,
  );
  expect(existsSync(file)).toBe(true);
});

it("the turn of a process that is gone has ended", async () => {
  const file = join(folder, "turn");
  // The number lives, but by now it is another program's.
  writeFileSync(file, `${process.ppid} some program of yesterday`);
  const giveBack = await takeTurn({ file, timeoutMs: 1_000 });
  giveBack();
  expect(existsSync(file)).toBe(false);
});
