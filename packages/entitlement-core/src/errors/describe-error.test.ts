import { expect, it } from "vitest";
import { describeError, errorCodes, isErrorCode } from "./describe-error.ts";

it("every code has a title that is a sentence for people and a page of its own", () => {
  for (const code of errorCodes) {
    const { title, docsPath } = describeError(code);
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(title).toMatch(/^[A-Z].{8,}[^.]$/);
    expect(docsPath).toBe(`/docs/errors/${code}`);
  }
});

it("only codes of the catalog are codes", () => {
  expect(isErrorCode("not_found")).toBe(true);
  expect(isErrorCode("toString")).toBe(false);
});
