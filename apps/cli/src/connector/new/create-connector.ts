import { existsSync, lstatSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ConformanceReport, runConformance } from "@usher/connector-sdk/conformance";
import { CliFailure } from "../../cli-failure.ts";
import { projectRoot } from "../../config.ts";
import { findConnectorHome, folderOf, loadConformance } from "../connector-home.ts";
import type { ConnectorName } from "../connector-name.ts";
import { releaseManifest } from "../release-manifest.ts";
import { runTool } from "../run-tool.ts";
import { connectorFiles } from "./connector-files.ts";
import { linkPackages } from "./link-packages.ts";
import type { TemplateChoice } from "./template-choice.ts";

export interface CreatedConnector {
  readonly folder: string;
  /** Below the folder, sorted. */
  readonly files: readonly string[];
  /** Of the kit's first run. */
  readonly report: ConformanceReport;
  /** What is left to do by hand; null when the lockfile knows the package. */
  readonly leftToDo: string | null;
}

/**
 * Writes a connector whose kit is green: files, links to its packages, the manifest as released, and
 * a first run of the kit. On a failure nothing of it stays.
 */
export async function createConnector(input: {
  readonly name: ConnectorName;
  readonly choice: TemplateChoice;
  readonly isInstalled: boolean;
  readonly onStep: (step: string) => void;
}): Promise<CreatedConnector> {
  const { name, isInstalled, onStep } = input;
  const folder = folderOf(name);
  if (existsSync(folder)) {
    throw new CliFailure(`${folder} is there already; nothing was changed.`, {
      hint: "Take another name, or remove the folder first.",
    });
  }
  try {
    onStep("writing the package");
    const files = connectorFiles(input);
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    linkPackages(folder);
    const subject = await loadConformance(findConnectorHome(name));
    const released = await releaseManifest({ subject, folder });
    await tidy(folder);
    onStep("running the conformance kit");
    const report = await runConformance(subject);
    const leftToDo = isInstalled ? await updateLockfile(onStep) : "pnpm install";
    return {
      folder,
      files: [...files.map(({ path }) => path), released].sort(),
      report,
      leftToDo,
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

// A longer name wraps other lines: the formatter of the repository has the last word.
async function tidy(folder: string): Promise<void> {
  const { code, output } = await runTool({
    program: "biome",
    args: ["check", "--write", "--max-diagnostics=3", folder],
    msMax: 120_000,
  });
  if (code !== 0) throw new CliFailure(`The linter refuses what was written:\n${output.trim()}`);
}

async function updateLockfile(onStep: (step: string) => void): Promise<string | null> {
  // Packages that another checkout has lent are not ours to install into.
  if (lstatSync(join(projectRoot, "node_modules")).isSymbolicLink()) return "pnpm install";
  onStep("adding the package to the lockfile");
  const args = ["install", "--offline", "--no-frozen-lockfile", "--reporter=silent"];
  const { code } = await runTool({ program: "pnpm", args, msMax: 120_000 });
  return code === 0 ? null : "pnpm install";
}
