import { hubKeyEncryptionKey, type KeyEncryptionKey } from "@usher/token-signer";
import { z } from "zod";

const environmentSchema = z.object({
  DATABASE_URL: z.string().describe("The owner's PostgreSQL URL"),
  USHER_APP_PASSWORD: z.string().min(16).optional().describe("What usher_app logs in with"),
  USHER_KEY_ENCRYPTION_KEY: z
    .base64()
    .transform((text) => Buffer.from(text, "base64"))
    .refine((key) => key.byteLength === 32, "Expected 32 bytes in base64: openssl rand -base64 32")
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
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`The environment of the set-up is not complete:\n  ${faults.join("\n  ")}`);
  }
  return {
    databaseUrl: parsed.data.DATABASE_URL,
    appPassword: parsed.data.USHER_APP_PASSWORD,
    keyEncryptionKey: parsed.data.USHER_KEY_ENCRYPTION_KEY,
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
