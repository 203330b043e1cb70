import { createHash } from "node:crypto";
import { type KeyEncryptionKey, openSecret, resealSecret, sealSecret } from "./sealed-secret.ts";

/** What a connection keeps secret: fields of the connector's configuration, and what its webhooks are signed with. */
export interface ConnectionSecrets {
  /** Merged over the connection's open configuration before connecting. */
  readonly config: Readonly<Record<string, string>>;
  /** Tried in turn, so that one can be rotated. */
  readonly webhookSecrets: readonly string[];
  /** Those from before the last rotation; the connection says how long they are accepted. */
  readonly oldWebhookSecrets?: readonly string[];
}

/** Tokens that a connection got for its credentials. */
export interface ConnectionTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

// A connection is renamed and replaced under one id that does not exist yet when its secrets are
// sealed, so the purpose names the kind alone; row-level security keeps tenants apart.
const purpose = "connection-secrets";
const tokensPurpose = "connection-tokens";

/** As stored in `connections.secrets`. */
export function sealConnectionSecrets({
  secrets,
  kek,
}: {
  readonly secrets: ConnectionSecrets;
  readonly kek: KeyEncryptionKey;
}): Buffer {
  return sealSecret({ plaintext: Buffer.from(JSON.stringify(secrets), "utf8"), kek, purpose });
}

/** Throws when none of `keks` sealed it; the message holds no secret. */
export function openConnectionSecrets({
  sealed,
  keks,
}: {
  readonly sealed: Uint8Array;
  readonly keks: readonly KeyEncryptionKey[];
}): ConnectionSecrets {
  const plain = openSecret({ sealed, keks, purpose }).toString("utf8");
  return JSON.parse(plain) as ConnectionSecrets;
}

/** The same, sealed by `keks[0]`. */
export function resealConnectionSecrets(input: Resealing): Buffer {
  return resealSecret({ ...input, purpose });
}

/** As stored in `connection_tokens.tokens`. */
export function sealConnectionTokens({
  tokens,
  kek,
}: {
  readonly tokens: ConnectionTokens;
  readonly kek: KeyEncryptionKey;
}): Buffer {
  const plaintext = Buffer.from(JSON.stringify(tokens), "utf8");
  return sealSecret({ plaintext, kek, purpose: tokensPurpose });
}

/** Throws when none of `keks` sealed it; the message holds no token. */
export function openConnectionTokens({
  sealed,
  keks,
}: {
  readonly sealed: Uint8Array;
  readonly keks: readonly KeyEncryptionKey[];
}): ConnectionTokens {
  const plain = openSecret({ sealed, keks, purpose: tokensPurpose }).toString("utf8");
  return JSON.parse(plain) as ConnectionTokens;
}

/** The same, sealed by `keks[0]`. */
export function resealConnectionTokens(input: Resealing): Buffer {
  return resealSecret({ ...input, purpose: tokensPurpose });
}

interface Resealing {
  readonly sealed: Uint8Array;
  readonly keks: readonly [KeyEncryptionKey, ...KeyEncryptionKey[]];
}

/** A key of `USHER_KEY_ENCRYPTION_KEY`, under an id that follows from it: the same in every process. */
export function hubKeyEncryptionKey(key: Uint8Array): KeyEncryptionKey {
  return {
    id: createHash("sha256").update("usher-kek:").update(key).digest("hex").slice(0, 16),
    key,
  };
}
