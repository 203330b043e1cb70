import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const everywhere = ["apps/*", "packages/*", "packages/connectors/*", "workflows"];
// One PostgreSQL and one Temporal server for the run, started when the first file needs them.
const servers = "./test/environment/global-setup.ts";
// Thousands of orders under kills: it has the machine to itself, after everything else.
const samplePipeline = "test/e2e/sample-pipeline.test.ts";
const ignored = ["**/node_modules/**", "test/architecture/offenders/**"];

export default defineConfig({
  test: {
    // @temporalio/core-bridge crashes in worker threads (reference: Temporal SDK 1.24 + vitest 5).
    pool: "forks",
    // Loading the same modules anew for each file took a fifth of the run; nothing here leaves
    // state in a module that another file would see.
    isolate: false,
    // Left to itself, vitest uses one of two cores, and most files wait for servers half of their time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [
            ...everywhere.map((folder) => `${folder}/src/**/*.test.ts`),
            "scripts/**/*.test.mjs",
            "bench/src/**/*.test.ts",
          ],
          exclude: [...ignored, "**/*.int.test.ts"],
          // Some start a process; beside another file's that takes longer than the usual 5 s.
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          globalSetup: servers,
          include: everywhere.map((folder) => `${folder}/src/**/*.int.test.ts`),
          exclude: ignored,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          globalSetup: [servers, "./test/environment/prepare-tryton.ts"],
          include: ["test/e2e/**/*.test.ts"],
          exclude: [...ignored, samplePipeline],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "pipeline",
          globalSetup: servers,
          include: [samplePipeline],
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: "replay",
          include: ["test/replay/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "architecture",
          include: ["test/architecture/**/*.test.ts"],
          exclude: ignored,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
