import { describe, expect, it } from "vitest";
import {
  categoryOfCode,
  fromSalesforceAnswer,
  fromSalesforceErrorItem,
} from "./salesforce-failure.ts";

function answer(input: {
  status: number;
  code?: string;
  message?: string;
  text?: string;
  isWrite?: boolean;
}) {
  const { status, code, message = "said", isWrite = false } = input;
  const text = input.text ?? JSON.stringify([{ errorCode: code, message }]);
  return fromSalesforceAnswer({
    status,
    text,
    isWrite,
    what: "A call",
    requestId: null,
    retryAfterMs: null,
  }).detail;
}

describe("Salesforce's errors by their codes", () => {
  it.each(Object.entries(categoryOfCode))("%s is %s, whatever the status", (code, category) => {
    for (const status of [400, 403, 500]) expect(answer({ status, code }).category).toBe(category);
  });

  it("a 403 can be a quota: REQUEST_LIMIT_EXCEEDED for the day pauses the stream", () => {
    const detail = answer({
      status: 403,
      code: "REQUEST_LIMIT_EXCEEDED",
      message: "TotalRequests Limit exceeded.",
    });
    expect(detail).toMatchObject({ category: "quota_exhausted", retryAfterMs: 900_000 });
  });

  it("a 403 can be too many calls at once, which is over in seconds", () => {
    const message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded.";
    expect(answer({ status: 403, code: "REQUEST_LIMIT_EXCEEDED", message }).category).toBe(
      "rate_limited",
    );
  });

  it.each([
    [400, false, "validation"],
    [401, false, "auth_expired"],
    [404, false, "not_found"],
    [418, false, "validation"],
    [500, false, "transient"],
    [500, true, "outcome_unknown"],
    [502, true, "outcome_unknown"],
    [503, true, "transient"],
    [599, false, "transient"],
  ] as const)(
    "an unknown code or a page of HTML counts by its status: %i, write %s",
    (status, isWrite, category) => {
      expect(answer({ status, isWrite, text: "<html>" }).category).toBe(category);
      expect(answer({ status, isWrite, code: "BRAND_NEW_CODE" }).category).toBe(category);
    },
  );

  it("an unknown refusal inside a 200 is not repeated", () => {
    const item = { code: "BRAND_NEW_CODE", message: "no", fields: [] };
    const { detail } = fromSalesforceErrorItem({
      item,
      status: 200,
      isWrite: true,
      what: "w",
      record: "r",
    });
    expect(detail.category).toBe("validation");
  });

  it("a validation rule's own text, record and field reach the person who can fix it", () => {
    const item = {
      code: "FIELD_CUSTOM_VALIDATION_EXCEPTION",
      message: "Summary may not mention seats.",
      fields: ["Usher_Summary__c"],
    };
    const record = "Opportunity “Acme” (006)";
    const { detail } = fromSalesforceErrorItem({
      item,
      status: 200,
      isWrite: true,
      what: "Writing",
      record,
    });
    expect(detail).toMatchObject({
      category: "validation",
      message: expect.stringContaining("Summary may not mention seats."),
      where: { record, field: "Usher_Summary__c" },
    });
  });
});
