import { spawn } from "node:child_process";
import { cpSync, existsSync, globSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { findProjectFolder } from "@usher/local-services";

export const project = findProjectFolder();
const notCopied = new Set([
  "node_modules",
  ".git",
  ".tools",
  ".usher",
  ".turbo",
  "bench",
  "docs",
  "test",
]);

export interface Verdict {
  readonly code: number;
  readonly output: string;
}

/** A copy of this repository's source and configuration, over the packages installed in the real one. */
export interface CopyOfTheHouse {
  readonly folder: string;
  tearDown(): void;
}

export function copyHouse(): CopyOfTheHouse {
  const house = mkdtempSync(join(tmpdir(), "usher-house-"));
  cpSync(project, house, {
    recursive: true,
    filter: (source) => source === project || !notCopied.has(basename(source)),
  });
  // The installed packages are the real ones; only source and configuration are copies.
  for (const manifest of globSync(
    "{.,apps/*,packages/*,packages/connectors/*,workflows}/package.json",
    { cwd: project },
  )) {
    const folder = dirname(manifest);
    const installed = join(project, folder, "node_modules");
    if (existsSync(installed)) symlinkSync(installed, join(house, folder, "node_modules"));
  }
  return { folder: house, tearDown: () => rmSync(house, { recursive: true, force: true }) };
}

/** A program of the installed packages, run to its end over a copy. */
export function runTool({
  tool,
  program = join(project, "node_modules", ".bin", tool ?? ""),
  args,
  cwd,
}: {
  /** Of the installed packages; or any other program. */
  readonly tool?: string;
  readonly program?: string;
  readonly args: readonly string[];
  readonly cwd: string;
}): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: {
        ...process.env,
        NO_COLOR: "1",
        FORCE_COLOR: "0",
        TURBO_TELEMETRY_DISABLED: "1",
        DO_NOT_TRACK: "1",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, output }));
  });
}
