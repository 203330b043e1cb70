import type { DealStatus } from "@usher/connector-sdk/spec";
import type { StatusNames } from "@usher/connector-sdk/writing";
import { instantOf } from "./hubspot-day.ts";
import { textLengthMax } from "./hubspot-properties.ts";

/** What the deal is to show, as the API takes it: text, and the empty text for nothing. */
export function toHubSpotStatus(input: {
  readonly status: DealStatus;
  readonly names: StatusNames;
}): Readonly<Record<string, string>> {
  const { status, names } = input;
  return {
    [names.status]: status.status,
    [names.waitingOn]: cut(status.waitingOn ?? ""),
    [names.dueAt]: status.dueAtIso ?? "",
    [names.activeFrom]: status.activeFromIso ?? "",
    [names.activeUntil]: status.activeUntilIso ?? "",
    [names.problem]: cut(status.problem ?? ""),
    [names.summary]: cut(status.summary),
    [names.url]: status.url,
    [names.orderId]: status.orderId,
    [names.sequence]: String(status.sequence),
  };
}

/** True when the deal already says the same: an empty property is null, an instant has many spellings. */
export function showsSameStatus(input: {
  readonly remote: Readonly<Record<string, string | null | undefined>>;
  readonly wanted: Readonly<Record<string, string>>;
}): boolean {
  return Object.entries(input.wanted).every(
    ([name, value]) => comparable(input.remote[name] ?? "") === comparable(value),
  );
}

function comparable(text: string): string {
  const trimmed = text.trim();
  const ms = /^\d{4}-\d{2}-\d{2}T/.test(trimmed) ? instantOf(trimmed) : null;
  if (ms !== null) return new Date(ms).toISOString();
  return trimmed.replace(/^(\d+)\.0+$/, "$1").replaceAll("\r\n", "\n");
}

function cut(text: string): string {
  if (text.length <= textLengthMax) return text;
  let end = textLengthMax - 1;
  // Not between the halves of a character outside the basic plane, such as an emoji.
  if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end -= 1;
  return `${text.slice(0, end)}…`;
}
