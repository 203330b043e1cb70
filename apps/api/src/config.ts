import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type HubSettings,
  hubVariables,
  optionalText,
  parseEnvironment,
  toHubSettings,
} from "@usher/hub-environment";
import { z } from "zod";

const projectRoot = resolve(fileURLToPath(new URL("../../..", import.meta.url)));

const perSecond = (fallback: number) => z.coerce.number().int().min(1).default(fallback);
const seconds = (fallback: number) => z.coerce.number().positive().max(600).default(fallback);

const environmentSchema = z.object({
  ...hubVariables,
  TEMPORAL_UI_URL: optionalText.describe(
    "Where people look at Temporal; orders then link to their run",
  ),
  USHER_API_HOST: z.string().default("127.0.0.1").describe("Address to listen on"),
  USHER_API_PORT: z.coerce.number().int().min(0).max(65_535).default(8700),
  USHER_CONNECTORS_FOLDER: z
    .string()
    .default(resolve(projectRoot, "packages/connectors"))
    .describe("Connectors whose webhooks are taken: one package a folder"),
  USHER_REQUESTS_PER_SECOND: perSecond(2_000).describe("Per API key, checks apart"),
  USHER_CHECKS_PER_SECOND: perSecond(100_000).describe("Check requests per API key"),
  USHER_REQUEST_TIMEOUT_SECONDS: seconds(30),
  USHER_SHUTDOWN_GRACE_SECONDS: seconds(10),
});

/** What the API is told by its environment, parsed and ready to use. */
export interface ApiConfig extends HubSettings {
  readonly temporal: HubSettings["temporal"] & { readonly uiUrl: string | undefined };
  readonly host: string;
  readonly port: number;
  readonly connectorsFolder: string;
  readonly limits: {
    readonly requestsPerSecond: number;
    readonly checksPerSecond: number;
    readonly requestTimeoutMs: number;
  };
  readonly shutdownGraceMs: number;
}

/** Throws one sentence per variable that is missing or wrong; never prints a value. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): ApiConfig {
  const env = parseEnvironment({ of: "the API", schema: environmentSchema, environment });
  const settings = toHubSettings(env);
  return {
    ...settings,
    temporal: { ...settings.temporal, uiUrl: env.TEMPORAL_UI_URL?.replace(/\/$/, "") },
    host: env.USHER_API_HOST,
    port: env.USHER_API_PORT,
    connectorsFolder: env.USHER_CONNECTORS_FOLDER,
    limits: {
      requestsPerSecond: env.USHER_REQUESTS_PER_SECOND,
      checksPerSecond: env.USHER_CHECKS_PER_SECOND,
      requestTimeoutMs: env.USHER_REQUEST_TIMEOUT_SECONDS * 1_000,
    },
    shutdownGraceMs: env.USHER_SHUTDOWN_GRACE_SECONDS * 1_000,
  };
}
