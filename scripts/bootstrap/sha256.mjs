import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Failure } from "./failure.mjs";

/** Hex SHA-256 of a file, read in pieces. */
export async function sha256OfFile(path) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Throws when the bytes are not the pinned ones. */
export function requireSha256(bytes, expected, what) {
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found === expected) return;
  throw new Failure(`${what} is not the pinned one: expected SHA-256 ${expected}, got ${found}`);
}
