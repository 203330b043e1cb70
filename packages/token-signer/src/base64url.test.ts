import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBase64Url, toBase64Url } from "./base64url.ts";

describe("base64url", () => {
  it("reads back what it wrote, and agrees with Node", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        const text = toBase64Url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString("base64url"));
        expect(fromBase64Url(text)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 2_000 },
    );
  });

  it("accepts a text exactly when writing what it says gives the same text", () => {
    const text = fc.string({
      maxLength: 9,
      unit: fc.constantFrom(..."ABCDQRSTghwxyz0189-_+/= .\n\u0141é€".split("")),
    });
    fc.assert(
      fc.property(text, (candidate) => {
        const canonical = Buffer.from(candidate, "base64url").toString("base64url") === candidate;
        expect(fromBase64Url(candidate) !== null).toBe(canonical);
      }),
      { numRuns: 20_000 },
    );
  });
});
