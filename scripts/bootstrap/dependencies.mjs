import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pins, platform } from "../pins.mjs";
import { runCaptured } from "./child-processes.mjs";
import { Failure } from "./failure.mjs";
import { indent } from "./npm-package.mjs";
import { projectFolder, toolPath } from "./paths.mjs";

/** Installs exactly what the workspace's lockfile says. */
export function ensureDependencies(progress, env) {
  return ensureInstalled(progress, {
    title: "Dependencies",
    folder: projectFolder,
    decidedBy: ["pnpm-lock.yaml", "pnpm-workspace.yaml"],
    args: [],
    env,
  });
}

/** The benchmarks measure peers that the product does not depend on: they have a lockfile of their own. */
export function ensureBenchDependencies(progress, env) {
  return ensureInstalled(progress, {
    title: "Dependencies of the benchmarks",
    folder: join(projectFolder, "bench"),
    decidedBy: ["pnpm-lock.yaml"],
    args: ["--ignore-workspace"],
    env,
  });
}

// What was installed is noted beside it; as long as the note fits, nothing is asked of the network.
async function ensureInstalled(progress, { title, folder, decidedBy, args, env }) {
  const receipt = join(folder, "node_modules", ".usher-installed");
  const wanted = fingerprint(decidedBy.map((file) => join(folder, file)));
  if (existsSync(receipt) && readFileSync(receipt, "utf8") === wanted) return;
  await progress.step(title, async (detail) => {
    const { code, output } = await runCaptured(
      toolPath("pnpm"),
      ["install", "--frozen-lockfile", "--reporter=append-only", ...args],
      {
        cwd: folder,
        env,
        onLine: (text) => {
          const counts = /resolved (\d+).*?added (\d+)/.exec(text);
          if (counts) detail(`${counts[2]} of ${counts[1]} packages`);
        },
      },
    );
    if (code !== 0) {
      throw new Failure(
        `pnpm could not install the dependencies in ${folder}. It said:\n${indent(lastLines(output, 25))}\n` +
          "If the network is the cause, check the registry and the proxy. If pnpm-lock.yaml does not match a package.json, run `.tools/pnpm/bin/pnpm install` there and commit the result.",
      );
    }
    writeFileSync(receipt, wanted);
  });
}

function fingerprint(files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(existsSync(file) ? readFileSync(file) : "");
  return hash.update(`${platform} ${pins.pnpm.version}`).digest("hex");
}

function lastLines(text, count) {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
