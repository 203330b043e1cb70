import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pins, platform } from "../pins.mjs";
import { runCaptured } from "./child-processes.mjs";
import { Failure } from "./failure.mjs";
import { installNpmPackage } from "./npm-package.mjs";
import { toolPath, toolsFolder } from "./paths.mjs";
import { isAtLeast } from "./version.mjs";

/** Makes sure that `.tools/node/bin/node` runs TypeScript: the system's Node if new enough, else the pinned one. */
export async function ensureNode(progress) {
  const path = toolPath("node");
  if (existsSync(path) && isAtLeast(await versionOf(path), pins.node.minimum)) return;
  if (isAtLeast(process.version, pins.node.minimum)) {
    link(process.execPath, path);
    return;
  }
  const pinned = pins.node.packages[platform];
  if (!pinned) throw new Failure(unsupported());
  await progress.step(`Node.js ${pins.node.version} (this one is ${process.version})`, async () => {
    const folder = join(toolsFolder, "node-package");
    const installed = await installNpmPackage({ ...pinned, version: pins.node.version, folder });
    link(join(installed, "bin", "node"), path);
    if (!isAtLeast(await versionOf(path), pins.node.minimum)) {
      throw new Failure(
        `The Node.js that npm fetched does not run here: ${path}. Install Node.js ${pins.node.minimum} or later yourself and start again.`,
      );
    }
  });
}

async function versionOf(path) {
  const { code, output } = await runCaptured(path, ["--version"]);
  return code === 0 ? output : "";
}

/** A link, so that every tool has one place whichever way it came; relative, so that a moved clone still works. */
export function link(target, path) {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  symlinkSync(target.startsWith(toolsFolder) ? relative(dirname(path), target) : target, path);
}

export function unsupported() {
  return (
    `Usher has no binaries for ${platform}: expected one of ${Object.keys(pins.node.packages).join(", ")}. ` +
    "On Windows use WSL; elsewhere use docker-compose.yml."
  );
}
