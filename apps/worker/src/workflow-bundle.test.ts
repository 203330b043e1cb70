import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleWorkflows } from "@usher/temporal-client";
import { afterAll, describe, expect, it } from "vitest";
import { workflowsPath } from "./workflows-path.ts";

const cacheFolder = mkdtempSync(join(tmpdir(), "usher-bundle-"));
afterAll(() => rmSync(cacheFolder, { recursive: true, force: true }));

describe("the workflow bundle", () => {
  it("holds our workflows and Temporal's SDK and nothing else: no zod, no activity code, no I/O", async () => {
    const modules = modulesOf(await bundle());
    expect(modules).toContain("workflows/src/fulfill-order.ts");
    expect(modules.filter((one) => !isAllowed(one))).toEqual([]);
  }, 60_000);

  it("is made once and found again", async () => {
    const first = await bundleWorkflows({ workflowsPath, cacheFolder });
    const madeAt = statSync(first.codePath).mtimeMs;
    const again = await bundleWorkflows({ workflowsPath, cacheFolder });
    expect(again).toEqual(first);
    expect(statSync(again.codePath).mtimeMs).toBe(madeAt);
  }, 60_000);
});

async function bundle(): Promise<string> {
  const { codePath } = await bundleWorkflows({ workflowsPath, cacheFolder });
  return readFileSync(codePath, "utf8");
}

/** Paths of the bundled modules, from the comment or key webpack writes for each. */
function modulesOf(code: string): readonly string[] {
  const found = code.matchAll(/^\/\*\*\*\/ "([^"]+)":?/gm);
  return [...found].map(([, path = ""]) => path.replace(/^(\.\.\/|\.\/)+/, ""));
}

const allowed = [
  /(^|\/)workflows\/src\/[a-z-]+\.ts$/,
  /(^|\/)temporal-client\/src\/failure-converter\.ts$/,
  // What the SDK itself brings into every bundle; "?…" are modules it replaces by nothing.
  /node_modules\/(nexus-rpc|ms|long)\/|^\?/,
  /node_modules\/(\.pnpm\/[^/]+\/node_modules\/)?@temporalio\/(workflow|common|worker|proto)\//,
];

function isAllowed(path: string): boolean {
  return allowed.some((pattern) => pattern.test(path));
}
