import { describe, expect, it } from "vitest";
import { problemFromFailure } from "./problem-from-failure.ts";

describe("problemFromFailure", () => {
  it.each([
    ["validation", "billing_refused"],
    ["schema_drift", "billing_refused"],
    ["auth_invalid", "connection_needs_attention"],
    ["permission", "connection_needs_attention"],
    ["transient", "billing_unreachable"],
    ["rate_limited", "billing_unreachable"],
    ["unexpected_failure", "unexpected_failure"],
    ["something new", "unexpected_failure"],
  ])("a bill that failed by %s is %s", (type, code) => {
    const problem = problemFromFailure({
      step: "bill",
      type,
      message: "No such price",
      where: null,
    });
    expect(problem).toMatchObject({ code, resumeAt: "provisioning" });
    expect(problem.sentence).toContain("No such price.");
  });

  it("a plan that failed is never blamed on a vendor and is made anew", () => {
    const failure = { step: "plan", type: "validation", message: "x", where: null } as const;
    expect(problemFromFailure(failure)).toMatchObject({
      code: "unexpected_failure",
      resumeAt: "validation",
    });
  });

  it("names the record and field when the vendor did", () => {
    const where = { record: "Customer", field: "address.country" };
    const failure = { step: "bill", type: "validation", message: "x", where } as const;
    expect(problemFromFailure(failure).where).toEqual(where);
  });
});
