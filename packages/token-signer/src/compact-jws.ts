import { type KeyObject, sign, verify } from "node:crypto";
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import type { Refusal } from "./refusal.ts";
import type { SigningKey } from "./signing-key.ts";
import { parseStrictJson } from "./strict-json.ts";
import type { TrustedKeys } from "./trusted-keys.ts";

/** Everything before the payload is the same for all documents of one key and type. */
export function protectedHeader({
  kid,
  typ,
}: {
  readonly kid: string;
  readonly typ: string;
}): string {
  return `${toBase64Url(Buffer.from(JSON.stringify({ alg: "EdDSA", typ, kid })))}.`;
}

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
  const input = header + Buffer.from(JSON.stringify(payload)).toString("base64url");
  return `${input}.${sign(null, Buffer.from(input, "latin1"), privateKey).toString("base64url")}`;
}

export interface OpenedJws {
  readonly kid: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

const signatureChars = 86;

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

  const header = readHeader(compact.slice(0, payloadAt - 1), typ);
  if (typeof header === "string") return header;
  const key: KeyObject | undefined = keys.find({ issuer, kid: header.kid });
  if (key === undefined) return "unknown_key";

  // A dot inside the payload fails here too: it is not in the alphabet.
  const payload = fromBase64Url(compact.slice(payloadAt, signatureAt - 1));
  const signature =
    compact.length - signatureAt === signatureChars
      ? fromBase64Url(compact.slice(signatureAt))
      : null;
  if (payload === null || signature === null) return "malformed";
  if (!verify(null, Buffer.from(compact.slice(0, signatureAt - 1), "latin1"), key, signature)) {
    return "signature_invalid";
  }
  const claims = parseStrictJson(payload);
  return claims === null ? "malformed" : { kid: header.kid, claims };
}

const headerMembers: ReadonlySet<string> = new Set(["alg", "typ", "kid"]);

/**
 * `jwk`, `jku`, `x5u`, `x5c` would bring a key along and `crit` rules we do not know; none of them,
 * nor any other member, has a place in a document of ours.
 */
function readHeader(encoded: string, typ: string): { readonly kid: string } | Refusal {
  const bytes = fromBase64Url(encoded);
  const header = bytes === null ? null : parseStrictJson(bytes);
  if (header === null) return "malformed";
  if (header.alg !== "EdDSA") return "algorithm_not_allowed";
  for (const member in header) if (!headerMembers.has(member)) return "header_not_allowed";
  if (header.typ !== typ) return "wrong_type";
  const kid = header.kid;
  return typeof kid === "string" && kid !== "" ? { kid } : "unknown_key";
}
