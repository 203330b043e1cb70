import { categoryOfStatus, connectorFailure } from "@usher/connector-sdk/http";
import type { ConnectorError, ConnectorErrorCategory } from "@usher/connector-sdk/spec";
import { z } from "zod";

/** One entry of the array that the REST API answers an error with, or of a collection's result. */
export interface SalesforceErrorItem {
  readonly code: string;
  readonly message: string;
  readonly fields: readonly string[];
}

/**
 * Salesforce's codes in our categories. By code and not by status: a 403 can be a quota, and a
 * refused item arrives inside a 200.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm
 */
export const categoryOfCode: Readonly<Record<string, ConnectorErrorCategory>> = {
  INVALID_SESSION_ID: "auth_expired",
  INVALID_AUTH_HEADER: "auth_expired",
  API_DISABLED_FOR_ORG: "permission",
  API_CURRENTLY_DISABLED: "permission",
  FUNCTIONALITY_NOT_ENABLED: "permission",
  INSUFFICIENT_ACCESS: "permission",
  INSUFFICIENT_ACCESS_OR_READONLY: "permission",
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: "permission",
  // "Unable to create/update fields: …": field-level security, not a wrong value.
  INVALID_FIELD_FOR_INSERT_UPDATE: "permission",
  INVALID_FIELD: "config",
  INVALID_TYPE: "config",
  MALFORMED_QUERY: "config",
  UNSUPPORTED_API_VERSION: "config",
  STORAGE_LIMIT_EXCEEDED: "config",
  UNABLE_TO_LOCK_ROW: "conflict_locked",
  FAILED_ACTIVATION: "validation",
  STANDARD_PRICE_NOT_DEFINED: "validation",
  NOT_FOUND: "not_found",
  ENTITY_IS_DELETED: "not_found",
  INVALID_CROSS_REFERENCE_KEY: "not_found",
  MALFORMED_ID: "not_found",
  DUPLICATE_VALUE: "duplicate",
  DUPLICATE_EXTERNAL_ID: "duplicate",
  // A duplicate rule of the org; unlike DUPLICATE_VALUE it has not found our own record.
  DUPLICATES_DETECTED: "validation",
  FIELD_CUSTOM_VALIDATION_EXCEPTION: "validation",
  FIELD_FILTER_VALIDATION_EXCEPTION: "validation",
  FIELD_INTEGRITY_EXCEPTION: "validation",
  REQUIRED_FIELD_MISSING: "validation",
  STRING_TOO_LONG: "validation",
  NUMBER_OUTSIDE_VALID_RANGE: "validation",
  INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: "validation",
  INVALID_TYPE_ON_FIELD_IN_RECORD: "validation",
  CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY: "validation",
  // A pending approval process holds the record: days, not milliseconds, so a person is told.
  ENTITY_IS_LOCKED: "validation",
  JSON_PARSER_ERROR: "validation",
  INVALID_QUERY_LOCATOR: "transient",
  QUERY_TIMEOUT: "transient",
  SERVER_UNAVAILABLE: "transient",
};

/** The daily allocation rolls over 24 hours and has no reset instant; asking four times an hour is cheap. */
const quotaProbeMs = 15 * 60 * 1000;

const errorList = z.array(
  z.looseObject({
    errorCode: z.string(),
    message: z.string().default(""),
    fields: z.array(z.string()).nullish(),
  }),
);

/** The meaning of one item, whether it came as a status or inside a collection's 200. */
export function fromSalesforceErrorItem(input: {
  readonly item: SalesforceErrorItem;
  readonly status: number;
  readonly isWrite: boolean;
  readonly what: string;
  /** For people, such as `Opportunity “Acme Pro” (006…)`. Null when the call was not about one record. */
  readonly record: string | null;
  readonly requestId?: string | null;
  readonly retryAfterMs?: number | null;
}): ConnectorError {
  const { item, status, isWrite, what, record, requestId = null, retryAfterMs = null } = input;
  const category = categoryOf({ item, status, isWrite });
  const field = item.fields[0] ?? null;
  return connectorFailure({
    category,
    message: `${what}: Salesforce says ${item.code}: ${item.message}${adviceFor(category)}`,
    vendorCode: item.code,
    vendorRequestId: requestId,
    retryAfterMs: category === "quota_exhausted" ? (retryAfterMs ?? quotaProbeMs) : retryAfterMs,
    where: record === null ? null : { record, field: field ?? "(the rule names no field)" },
  });
}

/** The meaning of an answer that is no success. HTML and other bodies are classified by status. */
export function fromSalesforceAnswer(input: {
  readonly status: number;
  readonly text: string;
  readonly isWrite: boolean;
  readonly what: string;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
}): ConnectorError {
  const { status, isWrite, what, requestId, retryAfterMs } = input;
  if (status === 300) return severalRecords({ text: input.text, what, requestId });
  const item = firstItem(input.text);
  if (item !== null) {
    return fromSalesforceErrorItem({
      item,
      status,
      isWrite,
      what,
      record: null,
      requestId,
      retryAfterMs,
    });
  }
  return connectorFailure({
    category: categoryOfStatus({ status, isWrite }),
    message: `${what}: Salesforce answered ${status} without an error code.`,
    vendorRequestId: requestId,
    retryAfterMs,
  });
}

/** More than one record has the external id; the body lists their addresses. Nothing was written. */
function severalRecords(input: {
  readonly text: string;
  readonly what: string;
  readonly requestId: string | null;
}): ConnectorError {
  const ids = [...input.text.matchAll(/\/sobjects\/(\w+)\/(\w{15,18})/g)];
  const shown = ids.map(([, object, id]) => `${object} ${id}`).slice(0, 5);
  return connectorFailure({
    category: "validation",
    message: `${input.what}: several records carry this external id (${shown.join(", ")}). Make the field unique, and empty it on the wrong ones.`,
    vendorCode: "MULTIPLE_CHOICES",
    vendorRequestId: input.requestId,
    where: { record: shown[0] ?? "(not named)", field: "external id" },
  });
}

function categoryOf(input: {
  readonly item: SalesforceErrorItem;
  readonly status: number;
  readonly isWrite: boolean;
}): ConnectorErrorCategory {
  const { item, status, isWrite } = input;
  if (item.code === "REQUEST_LIMIT_EXCEEDED") {
    // One code for two limits: calls running at once (seconds) and calls of the last 24 hours.
    return /concurrent/i.test(item.message) ? "rate_limited" : "quota_exhausted";
  }
  const known = categoryOfCode[item.code];
  if (known !== undefined) return known;
  // An item inside a 200 with a code we do not know was refused: repeating it as it is helps nobody.
  return status < 300 ? "validation" : categoryOfStatus({ status, isWrite });
}

function adviceFor(category: ConnectorErrorCategory): string {
  return advice[category] ?? "";
}

const advice: Partial<Record<ConnectorErrorCategory, string>> = {
  permission: " Give the connection's user the permission set “Usher Integration”.",
  config: " Deploy Usher's fields to the org, or correct the connection's field names.",
};

function firstItem(text: string): SalesforceErrorItem | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // Not JSON: a proxy's page. The status tells what can be told.
    return null;
  }
  const parsed = errorList.safeParse(body);
  const first = parsed.success ? parsed.data[0] : undefined;
  if (first === undefined) return null;
  return { code: first.errorCode, message: first.message, fields: first.fields ?? [] };
}
