import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import {
  METADATA_ENCODING_KEY,
  type Payload,
  type PayloadCodec,
  ValueError,
} from "@temporalio/common";
// biome-ignore lint/correctness/noUnresolvedImports: CommonJS; Node sees nothing of it but a default export.
import proto from "@temporalio/proto";
import type { PayloadKey, PayloadKeys } from "./payload-keys.ts";
import { isPublicTextJson } from "./public-text.ts";

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;
const encoding = "binary/encrypted";
const keyIdField = "encryption-key-id";
const ivLength = 12;
const tagLength = 16;

/**
 * Encrypts what workflows are told and answer, with AES-256-GCM (NIST SP 800-38D): the whole
 * payload, its own metadata included, as `iv(12) || ciphertext || tag(16)`. The key's id stands in
 * the metadata and is authenticated. Texts made by `publicText` stay readable.
 * A payload that is not encrypted is read as it is, so that switching encryption on strands no run.
 */
export function createPayloadCodec(keys: PayloadKeys): PayloadCodec {
  const byId = new Map(keys.map((key) => [key.id, key]));
  const [current] = keys;
  return {
    encode: async (payloads) =>
      payloads.map((payload) => (isPublic(payload) ? payload : encrypt({ payload, key: current }))),
    decode: async (payloads) =>
      payloads.map((payload) => (isEncrypted(payload) ? decrypt({ payload, byId }) : payload)),
  };
}

function isPublic(payload: Payload): boolean {
  return payload.data != null && isPublicTextJson(payload.data);
}

function isEncrypted(payload: Payload): boolean {
  const field = payload.metadata?.[METADATA_ENCODING_KEY];
  return field !== undefined && Buffer.from(field).toString("utf8") === encoding;
}

function encrypt({
  payload,
  key,
}: {
  readonly payload: Payload;
  readonly key: PayloadKey;
}): Payload {
  const iv = randomBytes(ivLength);
  const keyId = Buffer.from(key.id, "utf8");
  const cipher = createCipheriv("aes-256-gcm", key.secret, iv).setAAD(keyId);
  const plain = PayloadMessage.encode(payload).finish();
  return {
    metadata: { [METADATA_ENCODING_KEY]: Buffer.from(encoding, "utf8"), [keyIdField]: keyId },
    data: Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]),
  };
}

function decrypt(input: {
  readonly payload: Payload;
  readonly byId: ReadonlyMap<string, PayloadKey>;
}): Payload {
  const keyId = Buffer.from(input.payload.metadata?.[keyIdField] ?? []);
  const key = input.byId.get(keyId.toString("utf8"));
  if (key === undefined) {
    throw new ValueError(
      `A payload is encrypted with key "${keyId.toString("utf8")}", which is not among the configured ` +
        "payload keys. Add it behind the current one.",
    );
  }
  const data = Buffer.from(input.payload.data ?? []);
  if (data.byteLength < ivLength + tagLength) {
    throw new ValueError(
      `An encrypted payload has only ${data.byteLength} bytes; it is cut short.`,
    );
  }
  const decipher = createDecipheriv("aes-256-gcm", key.secret, data.subarray(0, ivLength))
    .setAAD(keyId)
    .setAuthTag(data.subarray(-tagLength));
  const plain = Buffer.concat([
    decipher.update(data.subarray(ivLength, -tagLength)),
    decipher.final(),
  ]);
  return PayloadMessage.decode(plain);
}
