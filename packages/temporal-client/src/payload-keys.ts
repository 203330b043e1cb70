/** One AES-256 key. `id` travels in clear beside every payload, so that the reader knows which key to take. */
export interface PayloadKey {
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

/** Keys for the payloads of workflows: the first encrypts, all of them decrypt. */
export type PayloadKeys = readonly [PayloadKey, ...PayloadKey[]];

/**
 * Reads `id:base64,id:base64`. To rotate, put the new key in front and keep the old one for as
 * long as runs that it encrypted are open or retained.
 * Throws when the list is empty, an id appears twice, or a key is not 32 bytes; never prints a key.
 */
export function parsePayloadKeys(text: string): PayloadKeys {
  const [first, ...others] = text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "")
    .map(parsePayloadKey);
  if (first === undefined) {
    throw new Error("Expected at least one payload key as id:base64; got an empty text.");
  }
  const keys: PayloadKeys = [first, ...others];
  const ids = new Set(keys.map((key) => key.id));
  if (ids.size !== keys.length) {
    throw new Error("Two payload keys carry the same id; give each key an id of its own.");
  }
  return keys;
}

function parsePayloadKey(text: string, index: number): PayloadKey {
  const [id, encoded, ...rest] = text.split(":");
  if (id === undefined || id === "" || encoded === undefined || rest.length > 0) {
    throw new Error(`Payload key ${index + 1} is not of the form id:base64.`);
  }
  const secret = Buffer.from(encoded, "base64");
  if (secret.byteLength !== 32) {
    throw new Error(
      `Payload key "${id}" has ${secret.byteLength} bytes; AES-256 needs 32. Make one with: openssl rand -base64 32`,
    );
  }
  return { id, secret };
}
