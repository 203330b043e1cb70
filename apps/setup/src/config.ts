import { keyOf32Bytes, parseEnvironment } from "@usher/hub-environment";
import { hubKeyEncryptionKey, type KeyEncryptionKey } from "@usher/token-signer";
import { z } from "zod";

const environmentSchema = z.object({
  DATABASE_URL: z.string().describe("The owner's PostgreSQL URL"),
  USHER_APP_PASSWORD: z.string().min(16).optional().describe("What usher_app logs in with"),
  USHER_KEY_ENCRYPTION_KEY: keyOf32Bytes
    .optional()
    .describe("Seals signing keys; 32 bytes, base64"),
});

export interface SetupConfig {
  readonly databaseUrl: string;
  readonly appPassword: string | undefined;
  readonly keyEncryptionKey: Uint8Array | undefined;
}

/** Throws one sentence per variable that is missing or wrong; never prints a value. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): SetupConfig {
  const env = parseEnvironment({ of: "the set-up", schema: environmentSchema, environment });
  return {
    databaseUrl: env.DATABASE_URL,
    appPassword: env.USHER_APP_PASSWORD,
    keyEncryptionKey: env.USHER_KEY_ENCRYPTION_KEY,
  };
}

/** The key that seals signing keys; an error that says how to make one where it is missing. */
export function kekOf({ keyEncryptionKey }: SetupConfig): KeyEncryptionKey {
  if (keyEncryptionKey === undefined) {
    throw new Error(
      "USHER_KEY_ENCRYPTION_KEY is not set: without it signing keys cannot be sealed. Make one with: openssl rand -base64 32",
    );
  }
  return hubKeyEncryptionKey(keyEncryptionKey);
}
