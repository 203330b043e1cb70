import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { historyFromJSON } from "@temporalio/common/lib/proto-utils.js";
import { DefaultLogger, Runtime, Worker } from "@temporalio/worker";
import { bundleWorkflows, createDataConverter } from "@usher/temporal-client";
import { afterAll, describe, expect, it } from "vitest";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const cacheFolder = mkdtempSync(join(tmpdir(), "usher-replay-"));
afterAll(() => rmSync(cacheFolder, { recursive: true, force: true }));
Runtime.install({
  logger: new DefaultLogger("ERROR"),
  telemetryOptions: { logging: { filter: { core: "ERROR", other: "ERROR" } } },
});

/** The key the histories were recorded with (`testPayloadKeys` of the worker's tests). */
const payloadKeys = [{ id: "test", secret: Buffer.alloc(32, "test") }] as const;

const histories = readdirSync(here("histories"))
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({
    workflowId: name,
    history: historyFromJSON(JSON.parse(readFileSync(join(here("histories"), name), "utf8"))),
  }));

describe("recorded histories of fulfillOrder", () => {
  it("tell every story there is", () => {
    const told = histories.map((one) => one.workflowId).join("\n");
    for (const story of ["becomes-billed", "rejected", "breaks-off", "in-reverse", "lost-run"]) {
      expect(told).toContain(story);
    }
  });

  it("are replayed by today's workflow without a difference", async () => {
    const workflowsPath = fileURLToPath(import.meta.resolve("@usher/workflows"));
    expect(await differences(workflowsPath)).toEqual([]);
  });

  it("are refused by a workflow that takes its steps in another order", async () => {
    const broken = await differences(here("broken/index.ts"));
    expect(broken).toHaveLength(histories.length);
  });
});

/** Names of the histories that the workflows at this path cannot replay. */
async function differences(workflowsPath: string): Promise<readonly string[]> {
  const different: string[] = [];
  const results = Worker.runReplayHistories(
    {
      workflowBundle: await bundleWorkflows({ workflowsPath, cacheFolder }),
      dataConverter: createDataConverter(payloadKeys),
    },
    histories,
  );
  for await (const { workflowId, error } of results) {
    if (error !== undefined) different.push(`${workflowId}: ${error.message}`);
  }
  return different;
}
