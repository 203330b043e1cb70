import { existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { projectRoot } from "../../config.ts";

/**
 * Puts the packages a new connector depends on into its `node_modules`, as pnpm links them: those of
 * the workspace, and those that the SDK has from the same catalog. Nothing is asked of the network.
 */
export function linkPackages(folder: string): void {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
    const link = join(folder, "node_modules", name);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(realpathSync(dirname(link)), placeOf(name)), link);
  }
}

const sdk = join(projectRoot, "packages/connector-sdk");

function placeOf(name: string): string {
  if (name === "@usher/connector-sdk") return sdk;
  return realpathSync(join(sdk, "node_modules", name));
}
