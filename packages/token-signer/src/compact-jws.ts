import { type KeyObject, sign, verify } from "node:crypto";
import { decodeBase64Url, fromBase64Url } from "./base64url.ts";
import type { Refusal } from "./refusal.ts";
import type { SigningKey } from "./signing-key.ts";
import { parseStrictJson } from "./strict-json.ts";
import type { TrustedKeys } from "./trusted-keys.ts";

/** RFC 7515 compact serialization, signed by Ed25519 (RFC 8037). */
export function signCompact({
  header,
  payload,
  privateKey,
}: {
  readonly header: string;
  readonly payload: unknown;
  readonly privateKey: SigningKey["privateKey"];
}): string {
  const input = `${header}.${Buffer.from(JSON.stringify(payload)).toString("base64url")}`;
  return `${input}.${sign(null, Buffer.from(input, "latin1"), privateKey).toString("base64url")}`;
}

const headerCharsMax = 512;

export interface OpenedJws {
  readonly kid: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** An Ed25519 signature has 64 bytes. */
export const signatureChars = 86;

/**
 * Where documents of usual size are taken apart, one after the other and never two at a time: text,
 * and behind it the payload. With memory of its own for each, a verification takes 2 % longer.
 */
const deskChars = 16_384;
const desk = Buffer.allocUnsafeSlow(2 * deskChars);

/**
 * Checks form, header and signature, in this order, and only then reads the payload. The algorithm
 * is fixed, and the key is chosen by (issuer, kid) among configured keys: nothing in the token can
 * bring its own key or change how it is verified.
 */
export function openCompact({
  compact,
  typ,
  issuer,
  keys,
  bytesMax,
}: {
  readonly compact: string;
  readonly typ: string;
  readonly issuer: string;
  readonly keys: TrustedKeys;
  readonly bytesMax: number;
}): OpenedJws | Refusal {
  if (keys.isEmpty) return "no_keys";
  if (typeof compact !== "string") return "malformed";
  if (compact.length > bytesMax) return "too_large";
  const payloadAt = compact.indexOf(".") + 1;
  const signatureAt = compact.lastIndexOf(".") + 1;
  if (payloadAt === 0 || payloadAt === signatureAt) return "malformed";
  // The header is read before anything is proven, so reading it must stay cheap.
  if (payloadAt > headerCharsMax) return "too_large";

  const header = readHeader({ encoded: compact.slice(0, payloadAt - 1), typ, issuer, keys });
  if (typeof header === "string") return header;
  const key: KeyObject | undefined = keys.find({ issuer, kid: header.kid });
  if (key === undefined) return "unknown_key";

  const { length } = compact;
  const room = length <= deskChars ? desk : Buffer.allocUnsafe(2 * length);
  if (room.write(compact, 0, "utf8") !== length) return "malformed";
  const bytes = room.subarray(0, length);
  // A dot inside the payload fails here too: it is not in the alphabet.
  const payload = decodeBase64Url({
    bytes,
    from: payloadAt,
    to: signatureAt - 1,
    into: room.subarray(length),
  });
  const signature =
    length - signatureAt === signatureChars
      ? decodeBase64Url({ bytes, from: signatureAt, to: length })
      : null;
  if (payload === null || signature === null) return "malformed";
  if (!verify(null, bytes.subarray(0, signatureAt - 1), key, signature)) {
    return "signature_invalid";
  }
  const claims = parseStrictJson(payload);
  return claims === null ? "malformed" : { kid: header.kid, claims };
}

const headerMembers: ReadonlySet<string> = new Set(["alg", "typ", "kid"]);

/**
 * `jwk`, `jku`, `x5u`, `x5c` would bring a key along and `crit` rules we do not know; none of them,
 * nor any other member, has a place in a document of ours. The headers that our own signer writes
 * for the trusted keys are known letter by letter and need no reading.
 */
function readHeader({
  encoded,
  typ,
  issuer,
  keys,
}: {
  readonly encoded: string;
  readonly typ: string;
  readonly issuer: string;
  readonly keys: TrustedKeys;
}): { readonly kid: string } | Refusal {
  const known = keys.findHeader({ issuer, typ, encoded });
  if (known !== undefined) return known;
  const bytes = fromBase64Url(encoded);
  const header = bytes === null ? null : parseStrictJson(bytes);
  if (header === null) return "malformed";
  if (header.alg !== "EdDSA") return "algorithm_not_allowed";
  for (const member in header) if (!headerMembers.has(member)) return "header_not_allowed";
  if (header.typ !== typ) return "wrong_type";
  const { kid } = header;
  return typeof kid === "string" && kid !== "" ? { kid } : "unknown_key";
}
