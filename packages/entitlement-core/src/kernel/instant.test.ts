import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addDays,
  dateAt,
  instantFromIso,
  instantFromMs,
  instantToIso,
  parseCalendarDate,
  parseInstant,
  parseTimeZone,
  type TimeZone,
} from "./instant.ts";

describe("parseInstant", () => {
  it.each([
    ["2026-01-31T00:00:00Z", Date.UTC(2026, 0, 31)],
    ["2026-01-31t00:00:00z", Date.UTC(2026, 0, 31)],
    ["2026-01-31T01:30:00+01:30", Date.UTC(2026, 0, 31)],
    ["2026-01-31T00:00:00.1239999999999Z", Date.UTC(2026, 0, 31, 0, 0, 0, 123)],
    ["2024-02-29T12:00:00-08:00", Date.UTC(2024, 1, 29, 20)],
  ])("reads %s", (text, ms) => {
    expect(parseInstant(text)).toEqual({ ok: true, value: ms });
  });

  it.each([
    "2026-01-31",
    "2026-01-31T00:00:00",
    "2026-01-31 00:00:00Z",
    "20260131T000000Z",
    "2026-02-29T00:00:00Z",
    "2026-01-31T24:00:00Z",
    "2026-01-31T00:00Z",
    "2026-01-31T00:00:00,5Z",
    "2026-01-31T00:00:00+0100",
    "2026-01-31T00:00:00Z[UTC]",
    "+002026-01-31T00:00:00Z",
    "1767225600",
    "",
    "x".repeat(10_000),
  ])("refuses %s and says what it expected", (text) => {
    const read = parseInstant(text);
    expect(read.ok).toBe(false);
    expect(!read.ok && read.reasons[0]).toMatch(/^Expected an instant in RFC 3339 .{10,160}$/s);
  });

  it("reads back every instant it writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_000_000_000_000, max: 253_402_300_799_999 }), (ms) => {
        expect(instantFromIso(instantToIso(instantFromMs(ms)))).toBe(ms);
      }),
    );
  });
});

it("a day later is 24 hours later, also across a change of clocks", () => {
  const before = instantFromIso("2026-03-28T12:00:00Z");
  expect(instantToIso(addDays(before, 1))).toBe("2026-03-29T12:00:00Z");
});

it("the calendar day of an instant depends on the zone", () => {
  const instant = instantFromIso("2026-12-31T23:30:00Z");
  expect(dateAt({ instant, timeZone: "Europe/Berlin" as TimeZone })).toBe("2027-01-01");
  expect(dateAt({ instant, timeZone: "America/New_York" as TimeZone })).toBe("2026-12-31");
});

it("a date that the calendar lacks is refused", () => {
  expect(parseCalendarDate("2024-02-29").ok).toBe(true);
  for (const text of ["2023-02-29", "2026-13-01", "2026-1-1", "0001-01-01", "2026-01-01T00:00Z"]) {
    expect(parseCalendarDate(text).ok, text).toBe(false);
  }
});

it("a time zone is an IANA name, never an offset", () => {
  expect(parseTimeZone("Europe/Berlin").ok).toBe(true);
  expect(parseTimeZone("UTC").ok).toBe(true);
  for (const text of ["+01:00", "Mars/Olympus", "", "Europe/Berlin;x"]) {
    expect(parseTimeZone(text).ok, text).toBe(false);
  }
});
