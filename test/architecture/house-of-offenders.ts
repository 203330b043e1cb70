import { cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { copyHouse, runTool, type Verdict } from "./copy-of-the-house.ts";

const offenders = join(import.meta.dirname, "offenders");
/** A copy of this repository into which one offender at a time moves, and where the real tools judge. */
export interface HouseOfOffenders {
  /** Moves an offender in, runs a tool of `node_modules/.bin` over the house, moves it out again. */
  judge(offender: string, tool: string, args: readonly string[]): Promise<Verdict>;
  tearDown(): void;
}

export function buildHouseOfOffenders(): HouseOfOffenders {
  const { folder: house, tearDown } = copyHouse();
  return {
    judge: async (offender, tool, args) => {
      const undo = moveIn({ offender, house });
      try {
        return await runTool({ tool, args, cwd: house });
      } finally {
        undo();
      }
    },
    tearDown,
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
