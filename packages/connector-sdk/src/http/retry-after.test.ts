import { describe, expect, it } from "vitest";
import { parseRetryAfter } from "./retry-after.ts";

const nowMs = Date.parse("2026-11-24T10:00:00Z");

describe("parseRetryAfter", () => {
  it.each([
    ["0", 0],
    ["7", 7_000],
    ["0.5", 500],
    ["Tue, 24 Nov 2026 10:00:30 GMT", 30_000],
    ["Tue, 24 Nov 2026 09:00:00 GMT", 0],
    ["999999999", 86_400_000],
  ])("%s means %d ms", (retryAfter, ms) => {
    expect(parseRetryAfter({ retryAfter, date: null, nowMs })).toBe(ms);
  });

  it.each([null, "", "soon", "-5", "NaN", "1e9x"])("%s means nothing", (retryAfter) => {
    expect(parseRetryAfter({ retryAfter, date: null, nowMs })).toBeNull();
  });

  it("reads a date against the server's clock, not ours", () => {
    const date = "Tue, 24 Nov 2026 10:05:00 GMT";
    const retryAfter = "Tue, 24 Nov 2026 10:05:20 GMT";
    expect(parseRetryAfter({ retryAfter, date, nowMs })).toBe(20_000);
  });
});
