import { inflateRawSync } from "node:zlib";
import { Failure } from "./failure.mjs";

const endOfCentralDirectory = 0x06054b50;
const centralEntry = 0x02014b50;
const localEntry = 0x04034b50;
const stored = 0;
const deflated = 8;

/**
 * The bytes of the one entry of a zip archive whose name passes `isWanted`. Reads the central
 * directory (APPNOTE.TXT 4.3.12); no zip64, no encryption, as in every Python wheel under 4 GiB.
 */
export function unzipEntry(archive, isWanted) {
  for (const entry of centralDirectory(archive)) {
    if (isWanted(entry.name)) return readEntry(archive, entry);
  }
  throw new Failure("The archive does not hold the file that it should hold");
}

function* centralDirectory(archive) {
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (archive.readUInt32LE(at) !== centralEntry) throw damaged();
    const nameLength = archive.readUInt16LE(at + 28);
    yield {
      method: archive.readUInt16LE(at + 10),
      compressedSize: archive.readUInt32LE(at + 20),
      size: archive.readUInt32LE(at + 24),
      localHeaderAt: archive.readUInt32LE(at + 42),
      name: archive.toString("utf8", at + 46, at + 46 + nameLength),
    };
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
}

// The end record is 22 bytes and a comment of at most 65,535.
function findEnd(archive) {
  const lowest = Math.max(0, archive.length - 22 - 0xffff);
  for (let at = archive.length - 22; at >= lowest; at -= 1) {
    if (archive.readUInt32LE(at) === endOfCentralDirectory) return at;
  }
  throw damaged();
}

function readEntry(archive, { method, compressedSize, size, localHeaderAt }) {
  if (archive.readUInt32LE(localHeaderAt) !== localEntry) throw damaged();
  // The local header repeats the name and has an extra field of its own length.
  const nameLength = archive.readUInt16LE(localHeaderAt + 26);
  const extraLength = archive.readUInt16LE(localHeaderAt + 28);
  const from = localHeaderAt + 30 + nameLength + extraLength;
  const packed = archive.subarray(from, from + compressedSize);
  if (method !== stored && method !== deflated) throw damaged();
  const bytes = method === stored ? packed : inflateRawSync(packed, { maxOutputLength: size || 1 });
  if (bytes.length !== size) throw damaged();
  return bytes;
}

function damaged() {
  return new Failure("The archive is damaged or no zip archive");
}
