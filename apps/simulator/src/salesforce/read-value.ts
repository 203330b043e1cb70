import { currencyExponent } from "../currency.ts";
import { divideRounded, formatUnits, parseDecimal, toUnits } from "../decimal.ts";
import { refusal, type SalesforceError } from "./salesforce-error.ts";
import { normalizeSalesforceId } from "./salesforce-id.ts";
import { isDate, parseDateTime, wholeSecond } from "./salesforce-time.ts";
import type { FieldDefinition, FieldValue } from "./schema/field.ts";

/** Turns a JSON value of a write into what the field holds, or refuses it as the vendor does. */
export function readValue(field: FieldDefinition, value: unknown, currency: string): FieldValue {
  if (value === null || value === undefined || value === "") return null;
  switch (field.type) {
    case "boolean":
      if (typeof value === "boolean") return value;
      if (value === "true" || value === "false") return value === "true";
      throw wrongType(field, value);
    case "int":
    case "double":
    case "percent":
      return readNumber(field, value, field.scale);
    case "currency":
      return readNumber(field, value, field.scale === 0 ? 0 : currencyExponent(currency));
    case "date":
      if (typeof value === "string" && isDate(value.slice(0, 10))) return value.slice(0, 10);
      throw wrongType(field, value);
    case "datetime": {
      const ms = typeof value === "string" ? parseDateTime(value) : undefined;
      if (ms === undefined) throw wrongType(field, value);
      return wholeSecond(ms);
    }
    case "id":
    case "reference":
      return readId(field, value);
    case "string":
    case "textarea":
    case "picklist":
    case "email":
    case "phone":
    case "url":
      return readText(field, value);
  }
}

function readNumber(field: FieldDefinition, value: unknown, places: number): number {
  const decimal =
    typeof value === "number" || typeof value === "string"
      ? parseDecimal(String(value))
      : undefined;
  if (decimal === undefined) throw wrongType(field, value);
  const units = toUnits(decimal, places);
  const whole = divideRounded(units, 10n ** BigInt(places));
  const digits = (whole < 0n ? -whole : whole).toString().length;
  if (field.precision > 0 && digits > field.precision - field.scale) {
    throw refusal(
      400,
      "NUMBER_OUTSIDE_VALID_RANGE",
      `${field.label}: value outside of valid range on numeric field: ${String(value)}`,
      [field.name],
    );
  }
  return Number(formatUnits(units, places));
}

function readId(field: FieldDefinition, value: unknown): string {
  const id = typeof value === "string" ? normalizeSalesforceId(value) : undefined;
  if (id === undefined) {
    throw refusal(
      400,
      "MALFORMED_ID",
      `${field.label}: id value of incorrect type: ${String(value)}`,
      [field.name],
    );
  }
  return id;
}

function readText(field: FieldDefinition, value: unknown): string {
  if (typeof value === "object") throw wrongType(field, value);
  const text = String(value);
  if (text.length > field.length) {
    throw refusal(
      400,
      "STRING_TOO_LONG",
      `${field.label}: data value too large: ${text} (max length=${field.length})`,
      [field.name],
    );
  }
  if (field.type === "email" && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text)) {
    throw refusal(400, "INVALID_EMAIL_ADDRESS", `${field.label}: invalid email address: ${text}`, [
      field.name,
    ]);
  }
  return text;
}

function wrongType(field: FieldDefinition, value: unknown): SalesforceError {
  const kind =
    typeof value === "string"
      ? "VALUE_STRING"
      : Array.isArray(value)
        ? "START_ARRAY"
        : "START_OBJECT";
  const shown = typeof value === "string" ? ` value ${value}` : "";
  return refusal(
    400,
    "JSON_PARSER_ERROR",
    `Cannot deserialize instance of ${field.type} from ${kind}${shown} or request may be missing a required field at [field ${field.name}]`,
  );
}
