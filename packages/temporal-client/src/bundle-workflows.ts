import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { bundleWorkflowCode, type Logger } from "@temporalio/worker";
import { failureConverterPath } from "./data-converter.ts";

export interface BundleWorkflowsInput {
  /** The file that exports every workflow by its name. */
  readonly workflowsPath: string;
  /** Where bundles are kept between starts; bundling takes 1.4 to 7 s, finding one milliseconds. */
  readonly cacheFolder: string;
  readonly logger?: Logger;
}

/** A bundle on disk, as `Worker.create({ workflowBundle })` takes it. */
export interface WorkflowBundle {
  readonly codePath: string;
}

/**
 * The workflows as one script for the sandbox. Kept under a name made of everything it depends on:
 * the sources beside `workflowsPath`, the failure converter and the SDK's version.
 * Throws when workflow code reaches a Node built-in or any other module the sandbox refuses.
 */
export async function bundleWorkflows(input: BundleWorkflowsInput): Promise<WorkflowBundle> {
  const codePath = join(input.cacheFolder, `workflows-${hashSources(input.workflowsPath)}.js`);
  if (existsSync(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({
    workflowsPath: input.workflowsPath,
    failureConverterPath,
    ...(input.logger === undefined ? {} : { logger: input.logger }),
  });
  mkdirSync(input.cacheFolder, { recursive: true });
  // Renamed into place, so that another process that starts now never reads half a bundle.
  const draft = `${codePath}.${process.pid}`;
  writeFileSync(draft, code);
  renameSync(draft, codePath);
  return { codePath };
}

function hashSources(workflowsPath: string): string {
  const folder = dirname(workflowsPath);
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter(
      (name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && !name.includes("testing"),
    )
    .sort()
    .map((name) => join(folder, name));
  const sdk = createRequire(import.meta.url).resolve("@temporalio/worker/package.json");
  const hash = createHash("sha256");
  for (const file of [...sources, failureConverterPath, sdk]) {
    hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex").slice(0, 32);
}
