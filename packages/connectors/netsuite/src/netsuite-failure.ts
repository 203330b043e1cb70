import { categoryOfStatus, connectorFailure } from "@usher/connector-sdk/http";
import type { ConnectorError, ConnectorErrorCategory } from "@usher/connector-sdk/spec";
import { z } from "zod";

/** @see https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_156570709583.html */
const netsuiteError = z.looseObject({
  title: z.string().optional().catch(undefined),
  "o:errorDetails": z
    .array(
      z.looseObject({
        detail: z.string().optional().catch(undefined),
        "o:errorCode": z.string().optional().catch(undefined),
        "o:errorPath": z.string().optional().catch(undefined),
      }),
    )
    .min(1),
});

/**
 * NetSuite's codes in ours; they say more than the status. A concurrency limit is a 429, a 400 as a
 * RESTlet says it, or a code of the SOAP service, which the same governance speaks for.
 * @see https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/bridgehead_1525252812.html
 */
const categoryOfCode: Readonly<Record<string, ConnectorErrorCategory>> = {
  INVALID_LOGIN: "auth_expired",
  INVALID_LOGIN_ATTEMPT: "auth_expired",
  SESSION_TIMED_OUT: "auth_expired",
  INSUFFICIENT_PERMISSION: "permission",
  ROLE_REQUIRED: "permission",
  FEATURE_DISABLED: "config",
  FEATURE_UNAVAILABLE: "config",
  INVALID_HEADER: "config",
  NONEXISTENT_ID: "not_found",
  RCRD_DSNT_EXIST: "not_found",
  NONEXISTENT_FIELD: "config",
  INVALID_PARAMETER: "validation",
  INVALID_CONTENT: "validation",
  INVALID_VALUE: "validation",
  USER_ERROR: "validation",
  MANDATORY_FIELD: "validation",
  DUP_ENTITY: "duplicate",
  DUP_ITEM: "duplicate",
  DUP_RCRD: "duplicate",
  IDEMPOTENCY_ERROR: "duplicate",
  RCRD_HAS_BEEN_CHANGED: "conflict_stale",
  RCRD_LOCKED_BY_WF: "validation",
  CONCURRENCY_LIMIT_EXCEEDED: "rate_limited",
  SSS_REQUEST_LIMIT_EXCEEDED: "rate_limited",
  WS_REQUEST_BLOCKED: "rate_limited",
  WS_CONCUR_SESSION_DISALLWD: "rate_limited",
  ACCT_TEMP_UNAVAILABLE: "transient",
};

/** Where the code says no more than that a rule of the account refused. */
const rulesInWords: readonly (readonly [RegExp, ConnectorErrorCategory])[] = [
  [/already exists/i, "duplicate"],
  [/concurrent request limit/i, "rate_limited"],
  [/record has been changed/i, "conflict_stale"],
  [/unknown property '?cust(body|col)_/i, "config"],
];

const textLengthMax = 400;

/** The meaning of an answer that is no success. A body that is not NetSuite's own is classified by status. */
export function fromNetsuiteAnswer(input: {
  readonly status: number;
  readonly text: string;
  readonly isWrite: boolean;
  readonly what: string;
  readonly retryAfterMs?: number | null;
  readonly requestId?: string | null;
}): ConnectorError {
  const { status, text, isWrite, what, retryAfterMs = null, requestId = null } = input;
  const detail = readError(text);
  const byStatus = categoryOfStatus({ status, isWrite });
  if (detail === null) {
    return connectorFailure({
      category: byStatus,
      message: `${what}: NetSuite answered ${status} without an error of its own.`,
      vendorRequestId: requestId,
      retryAfterMs,
    });
  }
  const code = detail["o:errorCode"] ?? null;
  const said = detail.detail ?? "no reason given.";
  const category =
    status === 429 ? "rate_limited" : categoryOf({ code, said, status, otherwise: byStatus });
  const field = detail["o:errorPath"] ?? null;
  const isForPeople = ["validation", "config", "duplicate"].includes(category);
  return connectorFailure({
    category,
    message: `${what}: NetSuite says ${code ?? status}: ${said.slice(0, textLengthMax)}${adviceFor(category)}`,
    vendorCode: code,
    vendorRequestId: requestId,
    retryAfterMs,
    where: isForPeople ? { record: what, field: field ?? "(none named)" } : null,
  });
}

function categoryOf(input: {
  readonly code: string | null;
  readonly said: string;
  readonly status: number;
  readonly otherwise: ConnectorErrorCategory;
}): ConnectorErrorCategory {
  const { code, said, status, otherwise } = input;
  if (code === "USER_ERROR" || code === "INVALID_CONTENT") {
    const rule = rulesInWords.find(([pattern]) => pattern.test(said));
    if (rule !== undefined) return rule[1];
  }
  // Whatever it is called, a server error is no verdict about what was sent.
  if (status >= 500) return otherwise;
  return (code === null ? undefined : categoryOfCode[code]) ?? otherwise;
}

function adviceFor(category: ConnectorErrorCategory): string {
  switch (category) {
    case "permission":
      return " Give the mapping's role the permissions of the connector's README.";
    case "config":
      return " Compare the account with the set-up of the connector's README.";
    case "rate_limited":
      return " All integrations of the account share its limit; lower concurrentCallsMax, or give this integration a share of its own.";
    default:
      return "";
  }
}

function readError(text: string) {
  try {
    const parsed = netsuiteError.safeParse(JSON.parse(text));
    return parsed.success ? (parsed.data["o:errorDetails"][0] ?? null) : null;
  } catch {
    // A page of HTML, or nothing.
    return null;
  }
}
