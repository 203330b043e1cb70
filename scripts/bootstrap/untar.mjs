import { gunzipSync } from "node:zlib";
import { Failure } from "./failure.mjs";

const blockSize = 512;

/** The bytes of the one file of a `.tar.gz` whose name passes `isWanted` (POSIX ustar headers). */
export function untarEntry(archive, isWanted) {
  const tar = gunzipSync(archive);
  for (let at = 0; at + blockSize <= tar.length; ) {
    const header = tar.subarray(at, at + blockSize);
    const name = header.toString("utf8", 0, 100).replace(/\0.*$/s, "");
    if (name === "") break;
    const size = Number.parseInt(header.toString("latin1", 124, 136), 8);
    if (!Number.isInteger(size)) break;
    const from = at + blockSize;
    if (isWanted(name)) return tar.subarray(from, from + size);
    at = from + Math.ceil(size / blockSize) * blockSize;
  }
  throw new Failure("The archive does not hold the file that it should hold");
}
