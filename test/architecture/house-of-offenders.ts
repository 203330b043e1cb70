import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { findProjectFolder } from "@usher/local-services";

export const project = findProjectFolder();
const offenders = join(import.meta.dirname, "offenders");
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

/** A copy of this repository into which one offender at a time moves, and where the real tools judge. */
export interface HouseOfOffenders {
  /** Moves an offender in, runs a tool of `node_modules/.bin` over the house, moves it out again. */
  judge(offender: string, tool: string, args: readonly string[]): Promise<Verdict>;
  tearDown(): void;
}

export function buildHouseOfOffenders(): HouseOfOffenders {
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
  return {
    judge: async (offender, tool, args) => {
      const undo = moveIn({ offender, house });
      try {
        return await runTool({ tool, args, cwd: house });
      } finally {
        undo();
      }
    },
    tearDown: () => rmSync(house, { recursive: true, force: true }),
  };
}

function moveIn({
  offender,
  house,
}: {
  readonly offender: string;
  readonly house: string;
}): () => void {
  const home = join(offenders, offender);
  const undo: (() => void)[] = [];
  for (const source of globSync("**/*.ts", { cwd: home })) {
    const target = join(house, relative(".", source));
    const before = existsSync(target) ? readFileSync(target) : undefined;
    cpSync(join(home, source), target, { recursive: true });
    undo.push(() => (before ? writeFileSync(target, before) : rmSync(target)));
  }
  const added = join(home, "dependencies.json");
  if (existsSync(added)) {
    const wanted = JSON.parse(readFileSync(added, "utf8")) as Record<string, readonly string[]>;
    for (const [folder, names] of Object.entries(wanted)) {
      const file = join(house, folder, "package.json");
      const before = readFileSync(file, "utf8");
      const manifest = JSON.parse(before) as { dependencies?: Record<string, string> };
      for (const name of names) {
        const [, packageName = name, version] = /^(@?[^@]+)(?:@(.+))?$/.exec(name) ?? [];
        manifest.dependencies = {
          ...manifest.dependencies,
          [packageName]:
            version ?? (packageName.startsWith("@usher/") ? "workspace:*" : "catalog:"),
        };
      }
      writeFileSync(file, JSON.stringify(manifest, null, 2));
      undo.push(() => writeFileSync(file, before));
    }
  }
  if (undo.length === 0) throw new Error(`The offender ${offender} has no file and no dependency.`);
  return () => {
    for (const step of undo.reverse()) step();
  };
}

function runTool({
  tool,
  args,
  cwd,
}: {
  readonly tool: string;
  readonly args: readonly string[];
  readonly cwd: string;
}): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(project, "node_modules", ".bin", tool), args, {
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
