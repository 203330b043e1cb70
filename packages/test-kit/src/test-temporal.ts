import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import type {} from "./provided-environment.ts";
import { needsServer } from "./test-database.ts";

export interface TestTemporal {
  /** `host:port` of the run's real server. */
  readonly address: string;
  readonly namespace: string;
}

/** The Temporal server of this test run; all test files share it, each on its own task queue. */
export function testTemporal(): TestTemporal {
  const server = inject("usher.temporal");
  if (!server) throw new Error(needsServer("Temporal"));
  return server;
}

/** A task queue, or a prefix of workflow ids, that no other test file has. */
export function uniqueTaskQueue(what: string): string {
  return `${what}-${randomBytes(6).toString("hex")}`;
}
