import { toBase64Url } from "./base64url.ts";

/** The first part of a compact JWS: the same for all documents of one key and type. */
export function protectedHeader({
  kid,
  typ,
}: {
  readonly kid: string;
  readonly typ: string;
}): string {
  return toBase64Url(Buffer.from(JSON.stringify({ alg: "EdDSA", typ, kid })));
}
