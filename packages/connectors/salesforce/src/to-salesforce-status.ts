import type { DealStatus } from "@usher/connector-sdk/spec";
import type { StatusNames } from "@usher/connector-sdk/writing";
import { fieldText } from "./field-text.ts";
import { textLengthMax } from "./salesforce-fields.ts";
import { salesforceStamp } from "./salesforce-stamp.ts";

/** The fields of the Opportunity, by API name, as the API takes them. */
export type SalesforceStatusRecord = Readonly<Record<string, string | number | null>>;

/** What the Opportunity is to show. Texts are cut to their fields' length, instants to whole seconds, as Salesforce keeps them. */
export function toSalesforceStatus(input: {
  readonly status: DealStatus;
  readonly fields: StatusNames;
}): SalesforceStatusRecord {
  const { status, fields } = input;
  return {
    [fields.status]: status.status,
    [fields.waitingOn]: cut(status.waitingOn, textLengthMax.waitingOn),
    [fields.dueAt]: wholeSecond(status.dueAtIso),
    [fields.activeFrom]: wholeSecond(status.activeFromIso),
    [fields.activeUntil]: wholeSecond(status.activeUntilIso),
    [fields.problem]: cut(status.problem, textLengthMax.problem),
    [fields.summary]: cut(status.summary, textLengthMax.summary),
    [fields.url]: status.url,
    [fields.orderId]: status.orderId,
    [fields.sequence]: status.sequence,
  };
}

/** True when the record out there already says the same. Salesforce keeps an empty text as null. */
export function showsSameStatus(input: {
  readonly remote: Readonly<Record<string, unknown>>;
  readonly wanted: SalesforceStatusRecord;
}): boolean {
  return Object.entries(input.wanted).every(
    ([name, value]) => comparable(input.remote[name]) === comparable(value),
  );
}

function comparable(value: unknown): string {
  const text = fieldText(value).trim();
  if (/^\d{4}-\d{2}-\d{2}T/.test(text)) {
    const stamp = salesforceStamp.safeParse(text);
    if (stamp.success) return stamp.data;
  }
  return text.replace(/^(\d+)\.0+$/, "$1").replaceAll("\r\n", "\n");
}

function cut(text: string | null, lengthMax: number): string | null {
  if (text === null || text.length <= lengthMax) return text;
  let end = lengthMax - 1;
  // Not between the halves of a character outside the basic plane, such as an emoji.
  if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end -= 1;
  return `${text.slice(0, end)}…`;
}

function wholeSecond(iso: string | null): string | null {
  if (iso === null) return null;
  return new Date(Math.floor(Date.parse(iso) / 1000) * 1000).toISOString();
}
