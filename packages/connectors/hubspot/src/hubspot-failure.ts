import { categoryOfStatus, connectorFailure } from "@usher/connector-sdk/http";
import type { ConnectorError, ConnectorErrorCategory } from "@usher/connector-sdk/spec";
import { z } from "zod";

/** HubSpot promises none of an error's fields. @see https://developers.hubspot.com/docs/api-reference/error-handling */
export const hubspotError = z.looseObject({
  status: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  category: z.string().optional().catch(undefined),
  subCategory: z.unknown().optional(),
  errorType: z.string().optional().catch(undefined),
  policyName: z.string().optional().catch(undefined),
  correlationId: z.string().optional().catch(undefined),
  context: z.record(z.string(), z.array(z.string())).optional().catch(undefined),
  errors: z
    .array(
      z.looseObject({
        message: z.string().optional().catch(undefined),
        code: z.string().optional().catch(undefined),
        context: z.record(z.string(), z.array(z.string())).optional().catch(undefined),
      }),
    )
    .optional()
    .catch(undefined),
});
export type HubSpotErrorItem = z.output<typeof hubspotError>;

/**
 * HubSpot's categories and codes in ours; they say more than the status, and a refused input of a
 * batch has no status of its own.
 */
const categoryOfCode: Readonly<Record<string, ConnectorErrorCategory>> = {
  EXPIRED_AUTHENTICATION: "auth_expired",
  // "401 is not a valid indicator that a new access token must be retrieved": no refresh helps here.
  INVALID_AUTHENTICATION: "auth_invalid",
  BAD_CLIENT_ID: "auth_invalid",
  BAD_CLIENT_SECRET: "auth_invalid",
  BAD_REFRESH_TOKEN: "auth_invalid",
  MISSING_SCOPES: "permission",
  BANNED: "permission",
  OBJECT_NOT_FOUND: "not_found",
  RESOURCE_NOT_FOUND: "not_found",
  OBJECT_ALREADY_EXISTS: "duplicate",
  CONFLICT: "conflict_locked",
  LOCKED: "conflict_locked",
  PROPERTY_DOESNT_EXIST: "config",
  READ_ONLY_VALUE: "config",
  VALIDATION_ERROR: "validation",
};

const waitMs = {
  SECONDLY: 1_000,
  TEN_SECONDLY_ROLLING: 10_000,
  /** The day ends at midnight of the account's time zone; asking four times an hour is cheap. */
  DAILY: 15 * 60_000,
  /** "include a delay of at least 2 seconds" between calls after a 423. */
  LOCKED: 2_000,
} as const;

/** The meaning of an answer that is no success. A body that is not HubSpot's own is classified by status. */
export function fromHubSpotAnswer(input: {
  readonly status: number;
  readonly text: string;
  readonly isWrite: boolean;
  readonly what: string;
  readonly retryAfterMs: number | null;
  readonly requestId?: string | null;
}): ConnectorError {
  const { status, text, isWrite, what, retryAfterMs, requestId = null } = input;
  const item = readError(text);
  if (item === null) {
    const category = statusCategory({ status, isWrite });
    return connectorFailure({
      category,
      message: `${what}: HubSpot answered ${status} without an error of its own.`,
      vendorRequestId: requestId,
      retryAfterMs,
    });
  }
  return fromHubSpotError({ item, status, isWrite, what, record: null, retryAfterMs, requestId });
}

/** The meaning of one error, whether it came as a whole answer or as one input's inside a 207. */
export function fromHubSpotError(input: {
  readonly item: HubSpotErrorItem;
  /** Of the answer; 207 for an error inside a batch. */
  readonly status: number;
  readonly isWrite: boolean;
  readonly what: string;
  /** For people, such as `Deal “Acme Pro” (123)`. Null when the call was not about one record. */
  readonly record: string | null;
  readonly retryAfterMs?: number | null;
  readonly requestId?: string | null;
}): ConnectorError {
  const { item, status, isWrite, what, record, retryAfterMs = null, requestId = null } = input;
  const limit = limitOf(item, status);
  const detail = item.errors?.[0];
  const code = detail?.code ?? item.category ?? item.errorType ?? item.status ?? null;
  const category = limit?.category ?? categoryOf({ item, status, isWrite });
  const wait = limit?.waitMs ?? (category === "conflict_locked" ? waitMs.LOCKED : null);
  const said = item.message ?? detail?.message ?? "no reason given.";
  return connectorFailure({
    category,
    message: `${what}: HubSpot says ${limit?.policy ?? code ?? status}: ${shortened(said)}${adviceFor(category, item)}`,
    vendorCode: limit?.policy ?? code,
    vendorRequestId: item.correlationId ?? requestId,
    retryAfterMs: retryAfterMs ?? wait,
    where: record === null ? null : { record, field: fieldOf(item) },
  });
}

/** Which limit was hit, and how long it lasts when no `Retry-After` says so. */
function limitOf(item: HubSpotErrorItem, status: number) {
  const isLimit =
    status === 429 || item.errorType === "RATE_LIMIT" || item.category === "RATE_LIMITS";
  if (!isLimit) return null;
  const policy = item.policyName ?? "RATE_LIMIT";
  if (policy === "DAILY")
    return { policy, category: "quota_exhausted", waitMs: waitMs.DAILY } as const;
  const known = policy === "SECONDLY" ? waitMs.SECONDLY : waitMs.TEN_SECONDLY_ROLLING;
  return { policy, category: "rate_limited", waitMs: known } as const;
}

function categoryOf(input: {
  readonly item: HubSpotErrorItem;
  readonly status: number;
  readonly isWrite: boolean;
}): ConnectorErrorCategory {
  const { item, status, isWrite } = input;
  const codes = [...(item.errors ?? []).map(({ code }) => code), item.category, item.status];
  for (const code of codes) {
    const known = code === undefined ? undefined : categoryOfCode[code];
    if (known !== undefined) return known;
  }
  return statusCategory({ status, isWrite });
}

/** Statuses of HubSpot's own beside those everybody has. */
function statusCategory(input: {
  readonly status: number;
  readonly isWrite: boolean;
}): ConnectorErrorCategory {
  switch (input.status) {
    case 423:
      return "conflict_locked";
    // The account is being moved to another data center, for up to a day.
    case 477:
      return "transient";
    // An input inside a 207 with a code we do not know was refused: repeating it as it is helps nobody.
    case 207:
      return "validation";
    default:
      return categoryOfStatus(input);
  }
}

function readError(text: string): HubSpotErrorItem | null {
  try {
    const parsed = hubspotError.safeParse(JSON.parse(text));
    return parsed.success && Object.keys(parsed.data).length > 0 ? parsed.data : null;
  } catch {
    // Not JSON: a proxy's page. The status tells what can be told.
    return null;
  }
}

/** The property a rule names, wherever HubSpot put it. */
function fieldOf(item: HubSpotErrorItem): string {
  for (const context of [...(item.errors ?? []).map((one) => one.context), item.context]) {
    const name = context?.["propertyName"]?.[0];
    if (name !== undefined) return name;
  }
  return "(the rule names no property)";
}

function adviceFor(category: ConnectorErrorCategory, item: HubSpotErrorItem): string {
  switch (category) {
    case "permission": {
      const scopes = (item.errors ?? []).flatMap(
        (one) => one.context?.["requiredGranularScopes"] ?? one.context?.["requiredScopes"] ?? [],
      );
      return scopes.length === 0
        ? " Give the app the scopes listed in the connector's README."
        : ` Give the app the scopes ${scopes.join(", ")}.`;
    }
    case "config":
      return " Create Usher's properties in the portal, or correct the connection's property names.";
    case "auth_invalid":
      return " Rotate the connection's token.";
    default:
      return "";
  }
}

const saidMax = 1_000;

/** A refused batch repeats every property in its message. */
function shortened(text: string): string {
  return text.length <= saidMax ? text : `${text.slice(0, saidMax)}…`;
}
