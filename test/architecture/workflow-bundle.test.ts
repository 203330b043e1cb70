import { fileURLToPath } from "node:url";
import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";
import { describe, expect, it } from "vitest";

describe("workflow code is deterministic", () => {
  it("the bundler refuses a workflow that reaches a Node module through any import", async () => {
    const workflowsPath = fileURLToPath(
      new URL("./offenders/workflow-is-not-deterministic/offender.ts", import.meta.url),
    );
    const said: string[] = [];
    const logger = new DefaultLogger("INFO", ({ message }) => said.push(message));
    await expect(bundleWorkflowCode({ workflowsPath, logger })).rejects.toThrow(/errors/);
    expect(said.join("\n")).toMatch(/node:fs/);
  });

  it("the bundler accepts our workflows, and there is no zod among them", async () => {
    const workflowsPath = fileURLToPath(import.meta.resolve("@usher/workflows"));
    const logger = new DefaultLogger("ERROR", () => undefined);
    const { code } = await bundleWorkflowCode({ workflowsPath, logger });
    expect(code).toContain("fulfillOrder");
    expect(code).not.toMatch(/node_modules\/(?:\.pnpm\/[^/]+\/node_modules\/)?zod\//);
  });
});
