import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pins, platform } from "../pins.mjs";
import { runCaptured } from "./child-processes.mjs";
import { Failure } from "./failure.mjs";
import { indent } from "./npm-package.mjs";
import { projectFolder, toolPath } from "./paths.mjs";

/** Installs exactly what the lockfile says, unless that was done already: then nothing is asked of the network. */
export async function ensureDependencies(progress, env) {
  const receipt = join(projectFolder, "node_modules", ".usher-installed");
  const wanted = fingerprint();
  if (existsSync(receipt) && readFileSync(receipt, "utf8") === wanted) return;
  await progress.step("Dependencies", async (detail) => {
    const { code, output } = await runCaptured(
      toolPath("pnpm"),
      ["install", "--frozen-lockfile", "--reporter=append-only"],
      {
        cwd: projectFolder,
        env,
        onLine: (text) => {
          const counts = /resolved (\d+).*?added (\d+)/.exec(text);
          if (counts) detail(`${counts[2]} of ${counts[1]} packages`);
        },
      },
    );
    if (code !== 0) {
      throw new Failure(
        `pnpm could not install the dependencies. It said:\n${indent(lastLines(output, 25))}\n` +
          "If the network is the cause, check the registry and the proxy. If pnpm-lock.yaml does not match a package.json, run `.tools/pnpm/bin/pnpm install` and commit the result.",
      );
    }
    writeFileSync(receipt, wanted);
  });
}

function fingerprint() {
  const hash = createHash("sha256");
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml"]) {
    hash.update(readFileSync(join(projectFolder, file)));
  }
  return hash.update(`${platform} ${pins.pnpm.version}`).digest("hex");
}

function lastLines(text, count) {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
