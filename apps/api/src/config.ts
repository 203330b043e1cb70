import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parsePayloadKeys } from "@usher/temporal-client";
import { z } from "zod";

const projectRoot = resolve(fileURLToPath(new URL("../../..", import.meta.url)));

const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text === "" ? undefined : text));

const environmentSchema = z.object({
  DATABASE_URL: z
    .string()
    .describe("PostgreSQL, as the role usher_app: postgres://usher_app:…@host:5432/usher"),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(16),
  TEMPORAL_ADDRESS: z.string().default("127.0.0.1:7233").describe("host:port of Temporal"),
  TEMPORAL_NAMESPACE: z.string().default("default"),
  TEMPORAL_TLS: z.stringbool().default(false),
  TEMPORAL_API_KEY: optionalText.describe("For Temporal Cloud"),
  TEMPORAL_UI_URL: optionalText.describe(
    "Where people look at Temporal; orders then link to their run",
  ),
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
    .describe("Seals connection secrets and signing keys; 32 bytes, base64"),
  USHER_PUBLIC_URL: z
    .url()
    .transform((url) => url.replace(/\/$/, ""))
    .describe("Where people and products reach the API; issuer of tokens, base of links"),
  USHER_TOKEN_AUDIENCE: z.string().default("usher"),
  USHER_API_HOST: z.string().default("127.0.0.1").describe("Address to listen on"),
  USHER_API_PORT: z.coerce.number().int().min(0).max(65_535).default(8700),
  USHER_CONNECTORS_FOLDER: z
    .string()
    .default(resolve(projectRoot, "packages/connectors"))
    .describe("Connectors whose webhooks are taken: one package a folder"),
  USHER_REQUESTS_PER_SECOND: z.coerce
    .number()
    .int()
    .min(1)
    .default(2_000)
    .describe("Per API key, checks apart"),
  USHER_CHECKS_PER_SECOND: z.coerce
    .number()
    .int()
    .min(1)
    .default(100_000)
    .describe("Check requests per API key"),
  USHER_REQUEST_TIMEOUT_SECONDS: z.coerce.number().positive().max(600).default(30),
  USHER_SHUTDOWN_GRACE_SECONDS: z.coerce.number().positive().max(600).default(10),
  USHER_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalText.describe("Where traces go; without it there are none"),
});

/** What the API is told by its environment, parsed and ready to use. */
export interface ApiConfig {
  readonly database: { readonly url: string; readonly poolSize: number };
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly tls: boolean;
    readonly apiKey: string | undefined;
    readonly uiUrl: string | undefined;
    readonly taskQueuePrefix: string;
    readonly payloadKeys: ReturnType<typeof parsePayloadKeys>;
  };
  readonly keyEncryptionKey: Uint8Array;
  readonly publicUrl: string;
  readonly tokenAudience: string;
  readonly host: string;
  readonly port: number;
  readonly connectorsFolder: string;
  readonly limits: {
    readonly requestsPerSecond: number;
    readonly checksPerSecond: number;
    readonly requestTimeoutMs: number;
  };
  readonly shutdownGraceMs: number;
  readonly logLevel: string;
  readonly otlpEndpoint: string | undefined;
}

/** Throws one sentence per variable that is missing or wrong; never prints a value. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): ApiConfig {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`The API's environment is not complete:\n  ${faults.join("\n  ")}`);
  }
  const env = parsed.data;
  return {
    database: { url: env.DATABASE_URL, poolSize: env.DATABASE_POOL_SIZE },
    temporal: {
      address: env.TEMPORAL_ADDRESS,
      namespace: env.TEMPORAL_NAMESPACE,
      tls: env.TEMPORAL_TLS,
      apiKey: env.TEMPORAL_API_KEY,
      uiUrl: env.TEMPORAL_UI_URL?.replace(/\/$/, ""),
      taskQueuePrefix: env.USHER_TASK_QUEUE_PREFIX,
      payloadKeys: env.USHER_PAYLOAD_KEYS,
    },
    keyEncryptionKey: env.USHER_KEY_ENCRYPTION_KEY,
    publicUrl: env.USHER_PUBLIC_URL,
    tokenAudience: env.USHER_TOKEN_AUDIENCE,
    host: env.USHER_API_HOST,
    port: env.USHER_API_PORT,
    connectorsFolder: env.USHER_CONNECTORS_FOLDER,
    limits: {
      requestsPerSecond: env.USHER_REQUESTS_PER_SECOND,
      checksPerSecond: env.USHER_CHECKS_PER_SECOND,
      requestTimeoutMs: env.USHER_REQUEST_TIMEOUT_SECONDS * 1_000,
    },
    shutdownGraceMs: env.USHER_SHUTDOWN_GRACE_SECONDS * 1_000,
    logLevel: env.USHER_LOG_LEVEL,
    otlpEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
  };
}
