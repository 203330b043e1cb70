import { shorten } from "../kernel/shorten.ts";

/**
 * Text as it may be stored and hashed, whatever came: anything but a string, and blank text, is
 * null. NUL has no place in PostgreSQL's text, a lone surrogate none in UTF-8.
 */
export function readText(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const text = value
    .replaceAll("\u0000", "")
    .replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD")
    .trim();
  return text === "" ? null : text;
}

/** A value as a sentence may quote it: short, and never on two lines. */
export function quoteValue(value: unknown): string {
  if (value === null || value === undefined || value === "") return "nothing";
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return `“${shorten(text.replace(/\s+/g, " ").trim(), 80)}”`;
}
