import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type HubSettings,
  hubVariables,
  optionalText,
  parseEnvironment,
  toHubSettings,
} from "@usher/hub-environment";
import { z } from "zod";
import type { LoopIntervals } from "./start-loops.ts";

const projectRoot = resolve(fileURLToPath(new URL("../../..", import.meta.url)));

const seconds = (fallback: number) => z.coerce.number().positive().max(86_400).default(fallback);

const environmentSchema = z.object({
  ...hubVariables,
  USHER_POLL_INTERVAL_SECONDS: seconds(30).describe("How often each CRM is asked for changes"),
  USHER_ANNOUNCEMENT_INTERVAL_SECONDS: seconds(120).describe(
    "How often each billing system is asked for what no webhook brought",
  ),
  USHER_FEATURE_INTERVAL_SECONDS: seconds(300).describe(
    "How soon after a publication a billing system's features follow the catalog",
  ),
  USHER_WORKFLOW_TASK_SECONDS: seconds(10).describe("How long a dead worker's run stands still"),
  USHER_LEASE_SECONDS: seconds(60).describe("How long a dead worker's messages wait for another"),
  USHER_SHUTDOWN_GRACE_SECONDS: seconds(30),
  USHER_WORKER_HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(8701),
  USHER_HOME: z.string().default(join(projectRoot, ".usher")),
  USHER_FAILPOINTS: optionalText.describe("Tests only: names of places at which to die"),
});

/** What the worker is told by its environment, parsed and ready to use. */
export interface WorkerConfig extends HubSettings {
  readonly temporal: HubSettings["temporal"] & { readonly workflowTaskTimeoutMs: number };
  readonly intervals: LoopIntervals;
  readonly leaseSeconds: number;
  readonly shutdownGraceMs: number;
  readonly httpPort: number;
  readonly bundleFolder: string;
  readonly failpoints: string | undefined;
}

/** Throws one sentence per variable that is missing or wrong; never prints a value. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): WorkerConfig {
  const env = parseEnvironment({ of: "the worker", schema: environmentSchema, environment });
  const settings = toHubSettings(env);
  return {
    ...settings,
    temporal: {
      ...settings.temporal,
      workflowTaskTimeoutMs: env.USHER_WORKFLOW_TASK_SECONDS * 1_000,
    },
    intervals: {
      pollMs: env.USHER_POLL_INTERVAL_SECONDS * 1_000,
      announcementsMs: env.USHER_ANNOUNCEMENT_INTERVAL_SECONDS * 1_000,
      featuresMs: env.USHER_FEATURE_INTERVAL_SECONDS * 1_000,
    },
    leaseSeconds: env.USHER_LEASE_SECONDS,
    shutdownGraceMs: env.USHER_SHUTDOWN_GRACE_SECONDS * 1_000,
    httpPort: env.USHER_WORKER_HTTP_PORT,
    bundleFolder: join(env.USHER_HOME, "workflow-bundles"),
    failpoints: env.USHER_FAILPOINTS,
  };
}
