import { ApiProblem } from "./api-problem.ts";

/**
 * JSON that means the same to every reader: no key twice in one object (RFC 8259 §4 leaves that
 * open, and two parsers may then see two bodies), no nesting beyond `depthMax`, and no text that
 * the database cannot hold (NUL, half of a surrogate pair).
 * Throws `ApiProblem` with `malformed_json`, `body_too_deep` or `invalid_request`.
 */
export function parseJson({
  text,
  depthMax,
}: {
  readonly text: string;
  readonly depthMax: number;
}): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ApiProblem(
      "malformed_json",
      text.trim() === ""
        ? "The body is empty; expected a JSON document."
        : `The body cannot be read as JSON: ${describeSyntaxError(error)}.`,
    );
  }
  const kept = typeof value === "object" && value !== null ? countKeys(value, depthMax) : 0;
  if (kept !== countQuickly(text) && kept !== countSpelledKeys(text)) {
    throw new ApiProblem(
      "malformed_json",
      "A key appears twice in one object, so that it could be read in two ways. Send each key once.",
    );
  }
  // What cannot be stored can only be spelled by an escape: raw, it is neither JSON nor UTF-8.
  if (text.includes("\\u")) refuseUnstorableIn(value, "");
  return value;
}

/** Keys that parsing kept. Never goes deeper than it may, however deep the value is. */
function countKeys(value: object, depthLeft: number): number {
  if (depthLeft === 0) {
    throw new ApiProblem(
      "body_too_deep",
      "Objects and arrays are nested deeper here than this route accepts. Send it flatter.",
    );
  }
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[])
      if (typeof item === "object" && item !== null) keys += countKeys(item, depthLeft - 1);
    return keys;
  }
  // Parsed objects inherit nothing that this would list, and no list of keys has to be made.
  for (const key in value) {
    keys += 1;
    const item = (value as Readonly<Record<string, unknown>>)[key];
    if (typeof item === "object" && item !== null) keys += countKeys(item, depthLeft - 1);
  }
  return keys;
}

/**
 * An upper bound of the keys that the text spells, by native search: each key ends in `":`, and a
 * text inside may add some. Where it equals what parsing kept, no key was spelled twice. -1 where
 * keys may end in another way, with space before the colon.
 */
function countQuickly(text: string): number {
  let count = 0;
  for (let at = text.indexOf(":"); at !== -1; at = text.indexOf(":", at + 1)) {
    const before = text.charCodeAt(at - 1);
    if (before === quote) count += 1;
    else if (before <= space) return -1;
  }
  return count;
}

const space = 0x20;
const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/** Exactly the keys that the text spells: colons outside of strings. */
function countSpelledKeys(text: string): number {
  let keys = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === backslash) at += 1;
      else if (code === quote) inString = false;
    } else if (code === quote) inString = true;
    else if (code === colon) keys += 1;
  }
  return keys;
}

function refuseUnstorableIn(value: unknown, pointer: string): void {
  if (typeof value === "string") refuseUnstorable(value, pointer);
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) refuseUnstorableIn(item, `${pointer}/${index}`);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      refuseUnstorable(key, pointer);
      refuseUnstorableIn(item, `${pointer}/${key}`);
    }
  }
}

const unstorable = /\0|\p{Surrogate}/u;

/** PostgreSQL stores neither U+0000 nor half of a surrogate pair. */
export function refuseUnstorable(text: string, pointer: string): void {
  if (!unstorable.test(text)) return;
  throw new ApiProblem(
    "invalid_request",
    "A text holds a character that cannot be stored: see errors.",
    {
      errors: [
        {
          pointer,
          code: "invalid_text",
          detail: "expected text without U+0000 and without half of a surrogate pair",
          fix: "Remove the character.",
        },
      ],
    },
  );
}

function describeSyntaxError(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  // V8 quotes the body in its message ("…, "{bad" is not valid JSON"); the place is enough.
  const place = /at position \d+( \(line \d+ column \d+\))?/.exec(message)?.[0];
  return (
    place ??
    (message.startsWith("Unexpected end") ? "it ends too early" : "it is not a JSON document")
  );
}
