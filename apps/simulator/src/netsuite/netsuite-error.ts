import type { HttpAnswer } from "../http-answer.ts";

interface ErrorParts {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** JSON path into the request's body. */
  readonly path?: string;
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  415: "Unsupported Media Type",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/**
 * A refusal as REST web services word it.
 * @see https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_156570709583.html
 */
export class NetSuiteError extends Error {
  readonly parts: ErrorParts;

  constructor(parts: ErrorParts) {
    super(parts.detail);
    this.parts = parts;
  }
}

export function errorAnswer({ status, code, detail, path }: ErrorParts): HttpAnswer {
  const title = TITLES[status] ?? "Error";
  return {
    status,
    headers: { "Content-Type": "application/vnd.oracle.resource+json; type=error; charset=UTF-8" },
    body: {
      type: `https://www.rfc-editor.org/rfc/rfc9110.html#name-${status}-${title.toLowerCase().replaceAll(" ", "-")}`,
      title,
      status,
      "o:errorDetails": [
        { detail, ...(path === undefined ? {} : { "o:errorPath": path }), "o:errorCode": code },
      ],
    },
  };
}

/** A rule of the account, in words: the code tells nothing more. */
export function userError(detail: string, path?: string): NetSuiteError {
  return new NetSuiteError({
    status: 400,
    code: "USER_ERROR",
    detail: `Error while accessing a resource. ${detail}`,
    ...(path === undefined ? {} : { path }),
  });
}

export function invalidContent(detail: string, path?: string): NetSuiteError {
  return new NetSuiteError({
    status: 400,
    code: "INVALID_CONTENT",
    detail: `Error while accessing a resource. ${detail}`,
    ...(path === undefined ? {} : { path }),
  });
}

export function notFound(): NetSuiteError {
  return new NetSuiteError({
    status: 404,
    code: "NONEXISTENT_ID",
    detail: "The record instance does not exist. Provide a valid record instance ID.",
  });
}

export const INVALID_LOGIN = {
  status: 401,
  code: "INVALID_LOGIN",
  detail:
    "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.",
} as const;

export function insufficientPermission(what: string): NetSuiteError {
  return new NetSuiteError({
    status: 403,
    code: "INSUFFICIENT_PERMISSION",
    detail: `Permission Violation: You need a higher level of the '${what}' permission to access this page. Please contact your account administrator.`,
  });
}
