import { connectorFailure } from "@usher/connector-sdk/http";
import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { categoryOfCode, fromStripeError, isKeyMismatch, isReplay } from "./stripe-failure.ts";

const nowMs = Date.parse("2026-11-24T10:00:00Z");

function said(
  error: { readonly type?: string; readonly code?: string; readonly message?: string },
  input: { readonly status: number; readonly headers?: Record<string, string> },
) {
  const raw = {
    ...error,
    statusCode: input.status,
    headers: input.headers ?? {},
    requestId: "req_1",
  };
  return Stripe.errors.generateV1Error(raw as Parameters<typeof Stripe.errors.generateV1Error>[0]);
}

function detailOf(error: unknown, isWrite = true) {
  return fromStripeError({ error, isWrite, what: "A call", nowMs }).detail;
}

describe("Stripe's errors by their codes", () => {
  it.each(Object.entries(categoryOfCode))("%s is %s", (code, category) => {
    expect(detailOf(said({ type: "invalid_request_error", code }, { status: 400 })).category).toBe(
      category,
    );
  });

  it.each([
    ["invalid_request_error", 400, true, "validation"],
    ["invalid_request_error", 401, true, "auth_invalid"],
    ["card_error", 402, true, "validation"],
    ["invalid_request_error", 403, true, "permission"],
    ["invalid_request_error", 404, false, "not_found"],
    ["idempotency_error", 400, true, "conflict_stale"],
    ["rate_limit_error", 429, true, "rate_limited"],
    ["api_error", 500, true, "outcome_unknown"],
    ["api_error", 500, false, "transient"],
    ["api_error", 503, true, "transient"],
  ] as const)("%s with status %i, write %s, is %s", (type, status, isWrite, category) => {
    expect(detailOf(said({ type }, { status }), isWrite).category).toBe(category);
  });

  it("lock_timeout comes as a 429 and yet is no rate limit", () => {
    const error = said({ type: "invalid_request_error", code: "lock_timeout" }, { status: 429 });
    expect(detailOf(error).category).toBe("conflict_locked");
  });

  it("a key in use by another attempt is a lock, a key with other parameters a mismatch", () => {
    const inUse = said(
      { type: "idempotency_error", code: "idempotency_key_in_use" },
      { status: 409 },
    );
    expect(detailOf(inUse).category).toBe("conflict_locked");
    expect(isKeyMismatch(inUse)).toBe(false);
    expect(isKeyMismatch(said({ type: "idempotency_error" }, { status: 400 }))).toBe(true);
  });

  it("knows a replayed failure, 500s included, by its header", () => {
    const headers = { "idempotent-replayed": "true" };
    expect(isReplay(said({ type: "api_error" }, { status: 500, headers }))).toBe(true);
    expect(isReplay(said({ type: "api_error" }, { status: 500 }))).toBe(false);
  });

  it("keeps Retry-After and the request id, and does not repeat the key it was refused with", () => {
    const limited = said(
      { type: "rate_limit_error" },
      { status: 429, headers: { "retry-after": "3" } },
    );
    expect(detailOf(limited)).toMatchObject({ retryAfterMs: 3_000, vendorRequestId: "req_1" });
    const message = "Invalid API Key provided: sk_test_***1234";
    expect(
      detailOf(said({ type: "invalid_request_error", message }, { status: 401 })).message,
    ).not.toContain("sk_test");
  });

  it("api_connection on a write is of unknown outcome; our own transport's finding is kept", () => {
    expect(detailOf(new Stripe.errors.StripeConnectionError({ message: "cut" })).category).toBe(
      "outcome_unknown",
    );
    const ours = connectorFailure({ category: "transient", message: "never sent" });
    const wrapped = new Stripe.errors.StripeConnectionError({
      message: "cut",
      detail: ours,
    } as never);
    expect(detailOf(wrapped)).toBe(ours.detail);
  });

  it("anything else is a defect, and of unknown outcome after a write", () => {
    expect(detailOf(new TypeError("x is undefined")).category).toBe("outcome_unknown");
  });
});
