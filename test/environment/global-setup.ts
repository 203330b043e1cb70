import { migrateToLatest } from "@usher/database";
import { startTestEnvironment, type TestEnvironment } from "@usher/test-kit/environment";
import type { TestProject } from "vitest/node";

/** One environment for all projects of a run, and how many of them use it now. */
interface SharedEnvironment {
  environment: Promise<TestEnvironment> | undefined;
  users: number;
}

// vitest loads this file once per project, each time as a module of its own, and calls it only when
// a file of that project runs. What projects share therefore hangs on the process.
const key = Symbol.for("usher.test-environment");
const thisProcess = globalThis as { [key]?: SharedEnvironment };
thisProcess[key] ??= { environment: undefined, users: 0 };
const shared = thisProcess[key];

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.users += 1;
  shared.environment ??= startTestEnvironment({ migrate: migrateToLatest });
  const { postgres, temporal, stop } = await shared.environment;
  project.provide("usher.postgres", postgres);
  project.provide("usher.temporal", temporal);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    shared.environment = undefined;
    await stop();
  };
}
