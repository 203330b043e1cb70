import { describe, expect, it } from "vitest";
import { dayOfDate, dayOfInstant } from "./hubspot-day.ts";
import { monthsOfPeriod, wholeMonths } from "./hubspot-term.ts";

describe("a date property", () => {
  it.each([
    ["2026-11-01", "2026-11-01"],
    ["1793491200000", "2026-11-01"],
    ["2026-11-01T00:00:00Z", "2026-11-01"],
    ["2026-11-01T00:00:00.000Z", "2026-11-01"],
    ["", null],
  ])("%s is %s in every time zone", (text, day) => {
    expect(dayOfDate(text)).toBe(day);
  });

  it("that is not midnight UTC is no day: it stays as it is, so that sales is told", () => {
    expect(dayOfDate("2026-11-01T08:00:00Z")).toBe("2026-11-01T08:00:00Z");
    expect(dayOfDate("soon")).toBe("soon");
  });
});

describe("closedate is an instant", () => {
  it.each([
    ["2026-11-02T02:30:00Z", "America/Los_Angeles", "2026-11-01"],
    ["2026-11-02T02:30:00Z", "UTC", "2026-11-02"],
    ["2026-11-01T23:30:00Z", "Europe/Berlin", "2026-11-02"],
    ["2026-11-01T11:00:00Z", "Pacific/Kiritimati", "2026-11-02"],
    ["2026-11-01T11:00:00Z", "Etc/GMT+12", "2026-10-31"],
    ["1793588400000", "Asia/Tokyo", "2026-11-02"],
    ["2026-11-01", "Asia/Tokyo", "2026-11-01"],
  ])("%s is in %s on %s", (text, timeZone, day) => {
    expect(dayOfInstant({ text, timeZone })).toBe(day);
  });

  it.each(["", "soon"])("%j is no day", (text) => {
    expect(dayOfInstant({ text, timeZone: "UTC" })).toBeNull();
  });
});

describe("a term", () => {
  it.each([
    ["P12M", 12],
    ["P1Y", 12],
    ["P1Y6M", 18],
    ["P36M", 36],
    ["P", null],
    ["P0M", null],
    ["P30D", null],
    ["P2W", null],
    ["12", null],
    ["", null],
  ])("%s is %s months", (text, months) => {
    expect(monthsOfPeriod(text)).toBe(months);
  });

  it("in months is whole months, or a question", () => {
    expect(["12", "12.0", "12.5", "0", "a year"].map(wholeMonths)).toEqual([
      12,
      12,
      null,
      null,
      null,
    ]);
  });
});
