import { isUtf8 } from "node:buffer";

const depthMax = 16;

/**
 * A JSON object from bytes, or null when they are no UTF-8, no JSON, no object, nested deeper than
 * 16 levels, or name a key twice in one object. Parsers disagree on which of two equal keys counts
 * (RFC 8259 §4), so a document with one could mean one thing to us and another to the next reader.
 */
export function parseStrictJson(bytes: Buffer): Readonly<Record<string, unknown>> | null {
  if (!isUtf8(bytes)) return null;
  const text = bytes.toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || !hasUniqueKeys(text)) return null;
  return value;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** Expects valid JSON: then a string is a key exactly when a colon follows it. */
function hasUniqueKeys(text: string): boolean {
  const keysByDepth: string[][] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const end = endOfString(text, at);
      if (text.charCodeAt(skipSpace(text, end)) === colon) {
        const keys = keysByDepth[depth];
        const key = readKey(text.slice(at, end));
        if (keys === undefined || keys.includes(key)) return false;
        keys.push(key);
      }
      at = end - 1;
    } else if (code === openBrace || code === openBracket) {
      depth += 1;
      if (depth > depthMax) return false;
      keysByDepth[depth] = [];
    } else if (code === closeBrace || code === closeBracket) {
      depth -= 1;
    }
  }
  return true;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    at += code === backslash ? 2 : 1;
  }
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return at;
}

/** Escapes are resolved first: `"iss"` and `"\u0069ss"` are the same key. */
function readKey(quoted: string): string {
  return quoted.includes("\\") ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}
