import { isUtf8 } from "node:buffer";

const depthMax = 16;

/**
 * A JSON object from bytes, or null when they are no UTF-8, no JSON, no object, nested deeper than
 * 16 levels, or name a key twice in one object. Parsers disagree on which of two equal keys counts
 * (RFC 8259 §4), so a document with one could mean one thing to us and another to the next reader.
 * A key spelled with an escape is refused as well: no document of ours has one, and two spellings
 * of one key would have to be compared.
 */
export function parseStrictJson(bytes: Buffer): Readonly<Record<string, unknown>> | null {
  if (!isUtf8(bytes)) return null;
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
  return isRecord(value) && hasUniqueKeys(bytes) ? value : null;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const space = 0x20;

/**
 * Expects valid JSON: then a string is a key exactly when a colon follows it. Works on the bytes,
 * since every verification pays for it: a walk over the text takes four times as long.
 */
function hasUniqueKeys(bytes: Buffer): boolean {
  // Start and end of every key of the objects that are still open, in turn.
  const keys: number[] = [];
  let count = 0;
  // Where in `keys` those of each open object begin.
  const open: number[] = [];
  let first = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    switch (bytes[at]) {
      case 0x7b: // {
      case 0x5b: // [
        if (open.push(first) > depthMax) return false;
        first = count;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        count = first;
        first = open.pop() ?? 0;
        break;
      case quote: {
        const start = at + 1;
        let hasEscape = false;
        at = start;
        for (let byte = bytes[at]; byte !== quote; byte = bytes[at]) {
          if (byte === backslash) {
            hasEscape = true;
            at += 1;
          }
          at += 1;
        }
        if (!isFollowedByColon(bytes, at)) break;
        if (hasEscape) return false;
        for (let other = first; other < count; other += 2)
          if (isSame({ bytes, start, end: at }, keys[other] as number, keys[other + 1] as number))
            return false;
        keys[count] = start;
        keys[count + 1] = at;
        count += 2;
        break;
      }
      default:
        break;
    }
  }
  return true;
}

function isFollowedByColon(bytes: Buffer, at: number): boolean {
  let next = at + 1;
  while ((bytes[next] as number) <= space) next += 1;
  return bytes[next] === colon;
}

function isSame(
  { bytes, start, end }: { readonly bytes: Buffer; readonly start: number; readonly end: number },
  otherStart: number,
  otherEnd: number,
): boolean {
  let left = end - start;
  if (otherEnd - otherStart !== left) return false;
  // From the end, where names of one series (`feature_1`, `feature_2`) differ.
  while (left > 0 && bytes[otherStart + left - 1] === bytes[start + left - 1]) left -= 1;
  return left === 0;
}
