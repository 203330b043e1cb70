import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CalendarDate, instantFromIso, instantToIso, type TimeZone } from "./instant.ts";
import { contains } from "./interval.ts";
import { addMonths, lastDayOf, termInterval, wholeMonthsThrough } from "./term.ts";

function ends(startsOn: string, months: number, timeZone: string): readonly [string, string] {
  const { from, to } = termInterval({
    startsOn: startsOn as CalendarDate,
    months,
    timeZone: timeZone as TimeZone,
  });
  return [instantToIso(from), instantToIso(to)];
}

describe("termInterval", () => {
  it.each([
    // Clocks go forward on 29 March 2026 and back on 25 October 2026.
    ["2026-03-01", 1, "Europe/Berlin", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"],
    ["2026-10-01", 1, "Europe/Berlin", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"],
    // Midnight of 4 November 2018 did not exist in São Paulo: the day began at 01:00.
    ["2018-11-04", 12, "America/Sao_Paulo", "2018-11-04T03:00:00Z", "2019-11-04T03:00:00Z"],
    // Samoa skipped 30 December 2011 altogether.
    ["2011-12-29", 1, "Pacific/Apia", "2011-12-29T10:00:00Z", "2012-01-28T10:00:00Z"],
    ["2024-02-29", 12, "UTC", "2024-02-29T00:00:00Z", "2025-02-28T00:00:00Z"],
    ["2024-02-29", 48, "UTC", "2024-02-29T00:00:00Z", "2028-02-29T00:00:00Z"],
    ["2025-01-31", 1, "UTC", "2025-01-31T00:00:00Z", "2025-02-28T00:00:00Z"],
    ["2025-01-31", 3, "UTC", "2025-01-31T00:00:00Z", "2025-04-30T00:00:00Z"],
    ["2026-01-01", 12, "Asia/Kolkata", "2025-12-31T18:30:00Z", "2026-12-31T18:30:00Z"],
  ])("%s for %i months in %s", (startsOn, months, timeZone, from, to) => {
    expect(ends(startsOn, months, timeZone)).toEqual([from, to]);
  });

  it("holds its first instant and not its last", () => {
    const term = termInterval({
      startsOn: "2026-03-01" as CalendarDate,
      months: 1,
      timeZone: "Europe/Berlin" as TimeZone,
    });
    expect(contains(term, term.from)).toBe(true);
    expect(contains(term, instantFromIso("2026-03-31T21:59:59.999Z"))).toBe(true);
    expect(contains(term, term.to)).toBe(false);
  });

  it("a term and the one that follows it neither overlap nor leave a gap, where no month is clamped", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1970, max: 2090 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 28 }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tehran"),
        (year, month, day, months, zone) => {
          const startsOn =
            `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}` as CalendarDate;
          const timeZone = zone as TimeZone;
          const next = addMonths(startsOn, months);
          expect(termInterval({ startsOn, months, timeZone }).to).toBe(
            termInterval({ startsOn: next, months: 1, timeZone }).from,
          );
          expect(wholeMonthsThrough({ startsOn, endsOn: lastDayOf({ startsOn, months }) })).toBe(
            months,
          );
        },
      ),
    );
  });
});

describe("wholeMonthsThrough", () => {
  it.each([
    ["2026-01-01", "2026-12-31", 12],
    ["2026-01-15", "2027-01-14", 12],
    ["2024-02-29", "2025-02-27", 12],
    ["2026-01-01", "2026-01-31", 1],
    ["2026-01-01", "2025-12-31", 0],
    ["2026-01-01", "2025-06-30", 0],
    ["2026-01-01", "2026-01-30", null],
    ["2026-01-15", "2026-12-31", null],
  ])("%s through %s is %s", (startsOn, endsOn, months) => {
    expect(
      wholeMonthsThrough({ startsOn: startsOn as CalendarDate, endsOn: endsOn as CalendarDate }),
    ).toBe(months);
  });
});
