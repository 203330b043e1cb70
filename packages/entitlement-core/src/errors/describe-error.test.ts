import { expect, it } from "vitest";
import { describeError, errorCodes, isErrorCode } from "./describe-error.ts";
import { problemDetails } from "./problem-details.ts";

it("every code has a title that is a sentence for people and a page of its own", () => {
  for (const code of errorCodes) {
    const { title, docsPath } = describeError(code);
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(title).toMatch(/^[A-Z].{8,}[^.]$/);
    expect(docsPath).toBe(`/docs/errors/${code}`);
  }
});

it("an error answer points at the page of its code", () => {
  expect(
    problemDetails({ code: "stale_revision", detail: "Read it again.", baseUrl: "http://hub" }),
  ).toEqual({
    type: "http://hub/docs/errors/stale_revision",
    title: "The order has changed since this decision was formed",
    status: 409,
    code: "stale_revision",
    detail: "Read it again.",
  });
});

it("a code that describes an order answers no request", () => {
  expect(() => problemDetails({ code: "unknown_product", detail: "", baseUrl: "" })).toThrow();
});

it("only codes of the catalog are codes", () => {
  expect(isErrorCode("not_found")).toBe(true);
  expect(isErrorCode("toString")).toBe(false);
});
