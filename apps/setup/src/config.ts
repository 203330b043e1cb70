import { keyEncryptionKeys, parseEnvironment } from "@usher/hub-environment";
import { hubKeyEncryptionKey, type KeyEncryptionKey } from "@usher/token-signer";
import { z } from "zod";

const environmentSchema = z.object({
  DATABASE_URL: z.string().describe("The owner's PostgreSQL URL"),
  USHER_APP_PASSWORD: z.string().min(16).optional().describe("What usher_app logs in with"),
  USHER_KEY_ENCRYPTION_KEY: keyEncryptionKeys
    .optional()
    .describe(
      "Seals signing keys and secrets; 32 bytes, base64; older ones behind it, after commas",
    ),
});

export interface SetupConfig {
  readonly databaseUrl: string;
  readonly appPassword: string | undefined;
  readonly keyEncryptionKeys: readonly [Uint8Array, ...Uint8Array[]] | undefined;
}

/** Throws one sentence per variable that is missing or wrong; never prints a value. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): SetupConfig {
  const env = parseEnvironment({ of: "the set-up", schema: environmentSchema, environment });
  return {
    databaseUrl: env.DATABASE_URL,
    appPassword: env.USHER_APP_PASSWORD,
    keyEncryptionKeys: env.USHER_KEY_ENCRYPTION_KEY,
  };
}

/** The first seals, all open; an error that says how to make one where there is none. */
export function keksOf({
  keyEncryptionKeys: keys,
}: SetupConfig): readonly [KeyEncryptionKey, ...KeyEncryptionKey[]] {
  if (keys === undefined) {
    throw new Error(
      "USHER_KEY_ENCRYPTION_KEY is not set: without it signing keys cannot be sealed. Make one with: openssl rand -base64 32",
    );
  }
  const [newest, ...older] = keys;
  return [hubKeyEncryptionKey(newest), ...older.map(hubKeyEncryptionKey)];
}
