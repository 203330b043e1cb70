import type { HttpAnswer } from "../http-answer.ts";
import type { Org } from "./org.ts";
import type { QueryCursors } from "./query-cursors.ts";
import { refusal } from "./salesforce-error.ts";
import type { Author } from "./write-record.ts";

/** A request to `/services/data/vXX.0/…`, alone or inside a composite. */
export interface DataRequest {
  readonly org: Org;
  readonly cursors: QueryCursors;
  /** `v67.0`. */
  readonly version: string;
  readonly method: string;
  /** Decoded segments behind the version: `["sobjects", "Opportunity", "006…"]`. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  header(name: string): string | undefined;
  readonly body: unknown;
  readonly userId: string;
}

/** A recognized request: its name for faults and logs, and how to carry it out. */
export interface DataOperation {
  readonly operation: string;
  readonly object?: string;
  run(): HttpAnswer;
}

export const answer = (
  status: number,
  body?: unknown,
  headers: Record<string, string> = {},
): HttpAnswer => ({
  status,
  headers,
  body,
});

export function authorOf(request: DataRequest, operation: string): Author {
  const client = /\bclient=([^,\s]+)/.exec(request.header("sforce-call-options") ?? "")?.[1];
  return {
    userId: request.userId,
    isApi: true,
    stamp: request.org.stampNow(),
    operation,
    changeOrigin: `com/salesforce/api/rest/${request.version.slice(1)};client=${client ?? ""}`,
  };
}

export function bodyObject(body: unknown): Record<string, unknown> {
  if (typeof body === "object" && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  throw refusal(
    400,
    "JSON_PARSER_ERROR",
    "The HTTP entity body is required, but this request has no entity body.",
  );
}
