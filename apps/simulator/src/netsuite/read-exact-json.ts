import { invalidContent } from "./netsuite-error.ts";

/** A body in which each number is its own digits, as text in `{n}`: no amount passes through floating point. */
export interface ExactNumber {
  readonly n: string;
}

export function readExactJson(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown);
  } catch (error) {
    throw invalidContent(
      `Invalid content in the request body: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (!isObject(value)) throw invalidContent("The request body must be a JSON object.");
  return value;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isExactNumber(value: unknown): value is ExactNumber {
  return isObject(value) && Object.keys(value).length === 1 && typeof value["n"] === "string";
}

/** Digits as a JSON number, exactly as they are. */
export function exactNumber(digits: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits);
}

// The third argument is newer than TypeScript's library; Node has had it since 22.
function keepDigits(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  return typeof value === "number" ? { n: context.source ?? String(value) } : value;
}
