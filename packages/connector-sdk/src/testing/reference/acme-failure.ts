import { z } from "zod";
import { categoryOfStatus, connectorFailure, type HttpAnswer } from "../../http/index.ts";
import type { ConnectorError, ConnectorErrorCategory } from "../../spec/index.ts";

/**
 * What each of Acme's codes means. The code decides, not the status: `daily_quota` comes with the
 * same 403 as a missing right.
 */
const categories: Readonly<Record<string, ConnectorErrorCategory>> = {
  invalid_token: "auth_expired",
  forbidden: "permission",
  daily_quota: "quota_exhausted",
  rate_limited: "rate_limited",
  not_found: "not_found",
  invalid: "validation",
  already_exists: "duplicate",
  locked: "conflict_locked",
  stale: "conflict_stale",
  maintenance: "transient",
};

/** Where Acme does not say when the quota is back. */
const quotaRetryMs = 15 * 60 * 1000;

const refusal = z.looseObject({
  code: z.string(),
  message: z.string().optional(),
  request_id: z.string().optional(),
  existing_id: z.string().optional(),
  field: z.string().optional(),
});

export type AcmeRefusal = z.output<typeof refusal>;

/** The error in an answer's body, which may as well be HTML or nothing. Null when there is none. */
export function readAcmeRefusal(body: unknown): AcmeRefusal | null {
  const parsed = refusal.safeParse(
    isObject(body) && isObject(body["error"]) ? body["error"] : body,
  );
  return parsed.success ? parsed.data : null;
}

export function acmeFailure(input: {
  readonly answer: HttpAnswer;
  readonly refusal: AcmeRefusal | null;
  readonly isWrite: boolean;
  readonly what: string;
  /** Of ours, for the person who has to correct it. */
  readonly record: string | null;
}): ConnectorError {
  const { answer, refusal: said, isWrite, what, record } = input;
  const category =
    categories[said?.code ?? ""] ?? categoryOfStatus({ status: answer.status, isWrite });
  const told = said === null ? `status ${answer.status}` : `${said.code}: ${said.message ?? ""}`;
  return connectorFailure({
    category,
    message: `${what}: Acme says ${told}.`,
    vendorCode: said?.code ?? null,
    vendorRequestId: said?.request_id ?? answer.headers.get("x-request-id"),
    retryAfterMs: answer.retryAfterMs ?? (category === "quota_exhausted" ? quotaRetryMs : null),
    where: record !== null && said?.field !== undefined ? { record, field: said.field } : null,
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
