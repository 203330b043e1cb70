import { describe, expect, it } from "vitest";
import { explain, Failure } from "./failure.mjs";

describe("explain", () => {
  it("leaves a sentence as it is", () => {
    expect(explain(new Failure("Expected a, got b. Do c."))).toBe("Expected a, got b. Do c.");
  });

  it("turns a refused write into what to do", () => {
    const error = Object.assign(new Error("EACCES: …"), { code: "EACCES", path: "/clone/.tools" });
    expect(explain(error)).toMatch(/May not write \/clone\/\.tools .*Run as the user who owns/);
  });

  it("never shows a stack unasked", () => {
    expect(explain(new TypeError("x is not a function"))).not.toMatch(/\n\s+at /);
  });
});
