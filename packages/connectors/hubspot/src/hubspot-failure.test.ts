import { describe, expect, it } from "vitest";
import { fromHubSpotAnswer } from "./hubspot-failure.ts";

function categoryOf(status: number, body: unknown, isWrite = false) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fromHubSpotAnswer({ status, text, isWrite, what: "Reading", retryAfterMs: null }).detail;
}

describe("what HubSpot's refusals mean", () => {
  it.each([
    [401, { category: "EXPIRED_AUTHENTICATION" }, "auth_expired"],
    [401, { category: "INVALID_AUTHENTICATION" }, "auth_invalid"],
    [403, { category: "MISSING_SCOPES" }, "permission"],
    [404, { category: "OBJECT_NOT_FOUND" }, "not_found"],
    [409, { category: "OBJECT_ALREADY_EXISTS" }, "duplicate"],
    [409, {}, "conflict_locked"],
    [423, { category: "LOCKED" }, "conflict_locked"],
    [400, { category: "VALIDATION_ERROR" }, "validation"],
    [400, { category: "VALIDATION_ERROR", errors: [{ code: "PROPERTY_DOESNT_EXIST" }] }, "config"],
    [400, { category: "VALIDATION_ERROR", errors: [{ code: "INVALID_DATE" }] }, "validation"],
    [429, { errorType: "RATE_LIMIT", policyName: "DAILY" }, "quota_exhausted"],
    [429, { errorType: "RATE_LIMIT", policyName: "SECONDLY" }, "rate_limited"],
    [429, { category: "RATE_LIMITS", policyName: "TEN_SECONDLY_ROLLING" }, "rate_limited"],
    [429, "", "rate_limited"],
    [400, { category: "SOMETHING_NEW" }, "validation"],
    [477, { message: "Migration in progress" }, "transient"],
    [500, {}, "transient"],
    [502, "<html>Bad gateway</html>", "transient"],
    [524, "", "transient"],
    [502, [1], "transient"],
    [418, "null", "validation"],
  ] as const)("%i with %j is %s", (status, body, category) => {
    expect(categoryOf(status, body).category).toBe(category);
  });

  it.each([500, 502, 504, 524])("a write answered %i may have been carried out", (status) => {
    expect(categoryOf(status, "", true).category).toBe("outcome_unknown");
  });

  it.each([
    ["SECONDLY", 1_000],
    ["TEN_SECONDLY_ROLLING", 10_000],
    ["DAILY", 900_000],
  ])("%s without Retry-After lasts %i ms", (policyName, retryAfterMs) => {
    const detail = categoryOf(429, { errorType: "RATE_LIMIT", policyName, correlationId: "c-1" });
    expect(detail).toMatchObject({ retryAfterMs, vendorCode: policyName, vendorRequestId: "c-1" });
  });

  it("the sentence names the scopes that are missing", () => {
    const body = {
      category: "MISSING_SCOPES",
      errors: [{ context: { requiredGranularScopes: ["crm.objects.deals.read"] } }],
    };
    expect(categoryOf(403, body).message).toContain("crm.objects.deals.read");
  });

  it("fields of wrong types are taken for missing: none of them is promised", () => {
    const body = { category: 7, errors: "many", context: [], message: { a: 1 }, policyName: null };
    expect(categoryOf(400, body).category).toBe("validation");
  });
});
