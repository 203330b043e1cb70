import { ApiProblem } from "./api-problem.ts";

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

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
  const { depth, keys } = measure(text);
  if (depth > depthMax) {
    throw new ApiProblem(
      "body_too_deep",
      `Objects and arrays may be nested ${depthMax} levels deep; this body has ${depth}. Send it flatter.`,
    );
  }
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
  const found = inspect(value, "");
  if (found !== keys) {
    throw new ApiProblem(
      "malformed_json",
      "A key appears twice in one object, so that it could be read in two ways. Send each key once.",
    );
  }
  return value;
}

/** One pass over the text: how deep it nests and how many keys it spells (colons outside of strings). */
function measure(text: string): { readonly depth: number; readonly keys: number } {
  let depth = 0;
  let deepest = 0;
  let keys = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === backslash) at += 1;
      else if (code === quote) inString = false;
    } else if (code === quote) inString = true;
    else if (code === colon) keys += 1;
    else if (code === openBrace || code === openBracket) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === closeBrace || code === closeBracket) depth -= 1;
  }
  return { depth: deepest, keys };
}

/** Counts the keys that parsing kept, and refuses text that cannot be stored. */
function inspect(value: unknown, pointer: string): number {
  if (typeof value === "string") {
    refuseUnstorable(value, pointer);
    return 0;
  }
  if (typeof value !== "object" || value === null) return 0;
  let keys = 0;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1)
      keys += inspect(value[index], `${pointer}/${index}`);
    return keys;
  }
  for (const key of Object.keys(value)) {
    refuseUnstorable(key, pointer);
    keys += 1 + inspect((value as Record<string, unknown>)[key], `${pointer}/${key}`);
  }
  return keys;
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
