import { createHash } from "node:crypto";

/** A strong validator over the exact bytes of an answer (RFC 9110 §8.8). */
export function etagOf(body: string): string {
  return `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
}

/** True when a list such as `"a", W/"b"` or `*` names `etag`. If-None-Match compares weakly. */
export function listsEtag({
  list,
  etag,
}: {
  readonly list: string;
  readonly etag: string;
}): boolean {
  if (list.trim() === "*") return true;
  return list.split(",").some((one) => one.trim().replace(/^W\//, "") === etag);
}
