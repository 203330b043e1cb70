import { type PayloadKeys, parsePayloadKeys } from "@usher/temporal-client";
import { z } from "zod";

/** A variable that may be left out; an empty one counts as left out, as compose files write it. */
export const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text === "" ? undefined : text));

const keyOf32Bytes = z
  .base64()
  .transform((text): Uint8Array => Buffer.from(text, "base64"))
  .refine((key) => key.byteLength === 32, "Expected 32 bytes in base64: openssl rand -base64 32");

/**
 * Keys of 32 bytes in base64, such as `openssl rand -base64 32` makes, separated by commas or line
 * breaks. The first seals; the others only open what was sealed before it was there.
 */
export const keyEncryptionKeys = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((part) => part !== ""))
  .pipe(z.tuple([keyOf32Bytes], keyOf32Bytes));

const payloadKeys = z.string().transform((text, context): PayloadKeys => {
  try {
    return parsePayloadKeys(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return z.NEVER;
  }
});

/** What API and worker are both told. Spread into the schema of the one or the other. */
export const hubVariables = {
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
  USHER_PAYLOAD_KEYS: payloadKeys.describe(
    "id:base64,… 32 bytes each; the first encrypts what Temporal stores, all decrypt",
  ),
  USHER_KEY_ENCRYPTION_KEY: keyEncryptionKeys.describe(
    "Seals connection secrets and signing keys; 32 bytes, base64. Older ones behind it, after commas, still open",
  ),
  USHER_PUBLIC_URL: z
    .url()
    .transform((url) => url.replace(/\/$/, ""))
    .describe("Where people and products reach the API; issuer of tokens, base of links"),
  USHER_TOKEN_AUDIENCE: z.string().default("usher"),
  USHER_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalText.describe("Where traces go; without it there are none"),
} as const;

/** The same, by the names code uses. */
export interface HubSettings {
  readonly database: { readonly url: string; readonly poolSize: number };
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly tls: boolean;
    readonly apiKey: string | undefined;
    readonly taskQueuePrefix: string;
    readonly payloadKeys: PayloadKeys;
  };
  /** The first seals, all open. */
  readonly keyEncryptionKeys: readonly [Uint8Array, ...Uint8Array[]];
  /** Without a slash at the end. */
  readonly publicUrl: string;
  readonly tokenAudience: string;
  readonly logLevel: string;
  readonly otlpEndpoint: string | undefined;
}

type HubVariables = {
  readonly [Name in keyof typeof hubVariables]: z.output<(typeof hubVariables)[Name]>;
};

export function toHubSettings(variables: HubVariables): HubSettings {
  return {
    database: { url: variables.DATABASE_URL, poolSize: variables.DATABASE_POOL_SIZE },
    temporal: {
      address: variables.TEMPORAL_ADDRESS,
      namespace: variables.TEMPORAL_NAMESPACE,
      tls: variables.TEMPORAL_TLS,
      apiKey: variables.TEMPORAL_API_KEY,
      taskQueuePrefix: variables.USHER_TASK_QUEUE_PREFIX,
      payloadKeys: variables.USHER_PAYLOAD_KEYS,
    },
    keyEncryptionKeys: variables.USHER_KEY_ENCRYPTION_KEY,
    publicUrl: variables.USHER_PUBLIC_URL,
    tokenAudience: variables.USHER_TOKEN_AUDIENCE,
    logLevel: variables.USHER_LOG_LEVEL,
    otlpEndpoint: variables.OTEL_EXPORTER_OTLP_ENDPOINT,
  };
}
