import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parsePayloadKeys } from "@usher/temporal-client";
import { z } from "zod";

const projectRoot = resolve(fileURLToPath(new URL("../../..", import.meta.url)));

const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text === "" ? undefined : text));

const seconds = (fallback: number) => z.coerce.number().positive().max(86_400).default(fallback);

const environmentSchema = z.object({
  DATABASE_URL: z
    .string()
    .describe("PostgreSQL, as the role usher_app: postgres://usher_app:…@host:5432/usher"),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(4).max(200).default(16),
  TEMPORAL_ADDRESS: z.string().default("127.0.0.1:7233").describe("host:port of Temporal"),
  TEMPORAL_NAMESPACE: z.string().default("default"),
  TEMPORAL_TLS: z.stringbool().default(false),
  TEMPORAL_API_KEY: optionalText.describe("For Temporal Cloud"),
  USHER_TASK_QUEUE_PREFIX: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .default("usher")
    .describe("Hubs that share a Temporal namespace need one each"),
  USHER_PAYLOAD_KEYS: z
    .string()
    .transform((text, context) => {
      try {
        return parsePayloadKeys(text);
      } catch (error) {
        context.addIssue({ code: "custom", message: (error as Error).message });
        return z.NEVER;
      }
    })
    .describe("id:base64,… 32 bytes each; the first encrypts what Temporal stores, all decrypt"),
  USHER_KEY_ENCRYPTION_KEY: z
    .base64()
    .transform((text) => Buffer.from(text, "base64"))
    .refine((key) => key.byteLength === 32, "Expected 32 bytes in base64: openssl rand -base64 32")
    .describe("Opens connection secrets and signing keys; 32 bytes, base64"),
  USHER_PUBLIC_URL: z
    .url()
    .transform((url) => url.replace(/\/$/, ""))
    .describe("Where people and products reach the API; issuer of tokens, base of order links"),
  USHER_TOKEN_AUDIENCE: z.string().default("usher"),
  USHER_POLL_INTERVAL_SECONDS: seconds(30).describe("How often each CRM is asked for changes"),
  USHER_WORKFLOW_TASK_SECONDS: seconds(10).describe("How long a dead worker's run stands still"),
  USHER_LEASE_SECONDS: seconds(60).describe("How long a dead worker's messages wait for another"),
  USHER_SHUTDOWN_GRACE_SECONDS: seconds(30),
  USHER_WORKER_HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(8701),
  USHER_HOME: z.string().default(join(projectRoot, ".usher")),
  USHER_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  USHER_FAILPOINTS: optionalText.describe("Tests only: names of places at which to die"),
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalText.describe("Where traces go; without it there are none"),
});

/** What the worker is told by its environment, parsed and ready to use. */
export interface WorkerConfig {
  readonly database: { readonly url: string; readonly poolSize: number };
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly tls: boolean;
    readonly apiKey: string | undefined;
    readonly taskQueuePrefix: string;
    readonly workflowTaskTimeoutMs: number;
    readonly payloadKeys: ReturnType<typeof parsePayloadKeys>;
  };
  readonly keyEncryptionKey: Uint8Array;
  readonly publicUrl: string;
  readonly tokenAudience: string;
  readonly pollIntervalMs: number;
  readonly leaseSeconds: number;
  readonly shutdownGraceMs: number;
  readonly httpPort: number;
  readonly bundleFolder: string;
  readonly logLevel: string;
  readonly failpoints: string | undefined;
  readonly otlpEndpoint: string | undefined;
}

/** Throws one sentence per variable that is missing or wrong; never prints a value. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): WorkerConfig {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`The worker's environment is not complete:\n  ${faults.join("\n  ")}`);
  }
  const env = parsed.data;
  return {
    database: { url: env.DATABASE_URL, poolSize: env.DATABASE_POOL_SIZE },
    temporal: {
      address: env.TEMPORAL_ADDRESS,
      namespace: env.TEMPORAL_NAMESPACE,
      tls: env.TEMPORAL_TLS,
      apiKey: env.TEMPORAL_API_KEY,
      workflowTaskTimeoutMs: env.USHER_WORKFLOW_TASK_SECONDS * 1_000,
      taskQueuePrefix: env.USHER_TASK_QUEUE_PREFIX,
      payloadKeys: env.USHER_PAYLOAD_KEYS,
    },
    keyEncryptionKey: env.USHER_KEY_ENCRYPTION_KEY,
    publicUrl: env.USHER_PUBLIC_URL,
    tokenAudience: env.USHER_TOKEN_AUDIENCE,
    pollIntervalMs: env.USHER_POLL_INTERVAL_SECONDS * 1_000,
    leaseSeconds: env.USHER_LEASE_SECONDS,
    shutdownGraceMs: env.USHER_SHUTDOWN_GRACE_SECONDS * 1_000,
    httpPort: env.USHER_WORKER_HTTP_PORT,
    bundleFolder: join(env.USHER_HOME, "workflow-bundles"),
    logLevel: env.USHER_LOG_LEVEL,
    failpoints: env.USHER_FAILPOINTS,
    otlpEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
  };
}
