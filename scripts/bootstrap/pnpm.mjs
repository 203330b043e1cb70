import { existsSync } from "node:fs";
import { join } from "node:path";
import { pins, platform } from "../pins.mjs";
import { runCaptured } from "./child-processes.mjs";
import { Failure } from "./failure.mjs";
import { link, unsupported } from "./node.mjs";
import { installNpmPackage } from "./npm-package.mjs";
import { toolPath, toolsFolder } from "./paths.mjs";

/** Makes sure that `.tools/pnpm/bin/pnpm` is the pinned version. */
export async function ensurePnpm(progress) {
  const path = toolPath("pnpm");
  if (existsSync(path) && (await versionOf(path)) === pins.pnpm.version) return;
  const pinned = pins.pnpm.packages[platform];
  if (!pinned) throw new Failure(unsupported());
  await progress.step(`pnpm ${pins.pnpm.version}`, async () => {
    const folder = join(toolsFolder, "pnpm-package");
    const installed = await installNpmPackage({ ...pinned, version: pins.pnpm.version, folder });
    link(join(installed, "pnpm"), path);
    const found = await versionOf(path);
    if (found !== pins.pnpm.version) {
      throw new Failure(
        `The pnpm that npm fetched does not run here: expected ${pins.pnpm.version}, ${path} says ${found || "nothing"}.`,
      );
    }
  });
}

async function versionOf(path) {
  // The pin of a project's own is not asked for: this is about the file itself.
  const { code, output } = await runCaptured(path, ["--version"], { cwd: toolsFolder });
  return code === 0 ? output.trim() : "";
}
