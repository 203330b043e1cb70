import { migrateToLatest } from "@usher/database";
import { startTestEnvironment, type TestEnvironment } from "@usher/test-kit/environment";
import type { TestProject } from "vitest/node";

// vitest calls a project's set-up only when a file of that project runs, once per project. Both
// projects that need servers share these, so a run starts them at most once and the last one stops.
let environment: Promise<TestEnvironment> | undefined;
let users = 0;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  users += 1;
  environment ??= startTestEnvironment({ migrate: migrateToLatest });
  const { postgres, temporal, stop } = await environment;
  project.provide("usher.postgres", postgres);
  project.provide("usher.temporal", temporal);
  return async () => {
    users -= 1;
    if (users === 0) await stop();
  };
}
