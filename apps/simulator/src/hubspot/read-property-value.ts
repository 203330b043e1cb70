import { parseDecimal } from "../decimal.ts";
import type { PropertyDefinition } from "./property-definitions.ts";

export type ReadValue =
  /** Undefined: the property is emptied. */
  | { readonly ok: true; readonly value: string | undefined }
  | { readonly ok: false; readonly code: string; readonly message: string };

const DAY_MS = 86_400_000;
const TEXT_LENGTH_MAX = 65_536;

/**
 * What a written value is kept as: text of its type's form. A `date` is a day, and only midnight
 * UTC of one is taken for it; the empty text empties.
 * @see https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide
 */
export function readPropertyValue(property: PropertyDefinition, given: unknown): ReadValue {
  if (given === null || given === "") return { ok: true, value: undefined };
  if (typeof given === "object" || given === undefined) {
    return refuse("INVALID_TYPE", `${JSON.stringify(given)} was not a valid value.`);
  }
  const text = String(given);
  switch (property.type) {
    case "string":
      return text.length > TEXT_LENGTH_MAX
        ? refuse("INVALID_STRING", `${property.name} is longer than ${TEXT_LENGTH_MAX} characters.`)
        : keep(text);
    case "number":
      return parseDecimal(text.trim()) === undefined
        ? refuse("INVALID_INTEGER", `${text} was not a valid long.`)
        : keep(text.trim());
    case "bool":
      return text === "true" || text === "false"
        ? keep(text)
        : refuse("INVALID_OPTION", `${text} was not one of the allowed options: [true, false]`);
    case "enumeration":
      return property.options.length === 0 || property.options.some(({ value }) => value === text)
        ? keep(text)
        : refuse(
            "INVALID_OPTION",
            `${text} was not one of the allowed options: [${property.options.map(({ value }) => value).join(", ")}]`,
          );
    case "date": {
      const ms = instantOf(text);
      if (ms === undefined) return refuse("INVALID_DATE", `${text} is not a valid date.`);
      return ms % DAY_MS === 0
        ? keep(new Date(ms).toISOString().slice(0, 10))
        : refuse("INVALID_DATE", `${text} is at ${new Date(ms).toISOString()}, not midnight!`);
    }
    case "datetime": {
      const ms = instantOf(text);
      return ms === undefined
        ? refuse("INVALID_DATE", `${text} is not a valid date.`)
        : keep(new Date(ms).toISOString());
    }
  }
}

/** Epoch milliseconds of `1767225600000`, `2026-01-01` or an ISO 8601 instant. */
export function instantOf(text: string): number | undefined {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  if (!/^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:?\d{2}))?$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

function keep(value: string): ReadValue {
  return { ok: true, value };
}

function refuse(code: string, message: string): ReadValue {
  return { ok: false, code, message };
}
