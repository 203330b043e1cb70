import fc from "fast-check";
import { Temporal as T } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import type { ResetPeriod } from "../catalog/offering.ts";
import { type Instant, instantFromIso, instantToIso, type TimeZone } from "../kernel/instant.ts";
import { calendarDay, dayNumber } from "./calendar-day.ts";
import { periodsBegun, usagePeriodAt } from "./usage-period.ts";

function period(anchorIso: string, reset: ResetPeriod, atIso: string, timeZone = "UTC") {
  const anchor = { at: instantFromIso(anchorIso), timeZone: timeZone as TimeZone };
  const { from, to } = usagePeriodAt({ anchor, reset, at: instantFromIso(atIso) });
  return [instantToIso(from), to === null ? null : instantToIso(to)];
}

describe("usage periods", () => {
  it("an anchor on the 31st resets on the last day of shorter months and comes back to the 31st", () => {
    const anchor = "2027-01-31T00:00:00Z";
    expect(period(anchor, "month", "2027-02-15T00:00:00Z")).toEqual([
      "2027-01-31T00:00:00Z",
      "2027-02-28T00:00:00Z",
    ]);
    expect(period(anchor, "month", "2027-02-28T00:00:00Z")).toEqual([
      "2027-02-28T00:00:00Z",
      "2027-03-31T00:00:00Z",
    ]);
    expect(period(anchor, "month", "2028-03-01T00:00:00Z")[0]).toBe("2028-02-29T00:00:00Z");
  });

  it("a yearly anchor on a leap day resets on 28 February in other years", () => {
    expect(period("2028-02-29T00:00:00Z", "year", "2029-03-01T00:00:00Z")).toEqual([
      "2029-02-28T00:00:00Z",
      "2030-02-28T00:00:00Z",
    ]);
    expect(period("2028-02-29T00:00:00Z", "year", "2032-02-29T00:00:00Z")[0]).toBe(
      "2032-02-29T00:00:00Z",
    );
  });

  it("a day is a day of the contract's zone, 23 or 25 hours long where clocks change", () => {
    const anchor = "2027-01-31T23:00:00Z"; // 1 February in Berlin
    expect(period(anchor, "day", "2027-03-28T12:00:00Z", "Europe/Berlin")).toEqual([
      "2027-03-27T23:00:00Z",
      "2027-03-28T22:00:00Z",
    ]);
    expect(period(anchor, "month", "2027-10-31T12:00:00Z", "Europe/Berlin")).toEqual([
      "2027-09-30T22:00:00Z",
      "2027-10-31T23:00:00Z",
    ]);
  });

  it("a term that starts where midnight does not exist resets at midnight afterwards", () => {
    // Clocks in Beirut went from 23:59:59 to 01:00 on 2021-03-28.
    const anchor = "2021-03-27T22:00:00Z";
    expect(period(anchor, "day", "2021-03-30T12:00:00Z", "Asia/Beirut")[0]).toBe(
      "2021-03-29T21:00:00Z",
    );
  });

  it("without a reset there is one period that does not end", () => {
    expect(period("2027-01-31T00:00:00Z", "never", "2031-01-01T00:00:00Z")).toEqual([
      "2027-01-31T00:00:00Z",
      null,
    ]);
  });
});

const someReset = fc.constantFrom<ResetPeriod>("day", "week", "month", "year");
const someZone = fc.constantFrom(
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Asia/Beirut",
  "Pacific/Apia",
);
const someAt = fc
  .integer({ min: Date.UTC(2010, 0, 1), max: Date.UTC(2045, 0, 1) })
  .map((ms) => (ms - (ms % 900_000)) as Instant);

describe("the grid of usage periods", () => {
  it("holds the instant asked, and the next period starts where this one ends", () => {
    fc.assert(
      fc.property(someAt, someAt, someReset, someZone, (anchorAt, at, reset, timeZone) => {
        const anchor = { at: anchorAt, timeZone: timeZone as TimeZone };
        const { from, to } = usagePeriodAt({ anchor, reset, at });
        expect(from <= at && to !== null && at < to).toBe(true);
        expect(usagePeriodAt({ anchor, reset, at: to as Instant }).from).toBe(to);
        expect(usagePeriodAt({ anchor, reset, at: (from - 1) as Instant }).to).toBe(from);
      }),
      { numRuns: 1_500 },
    );
  });

  it("is Temporal's own calendar arithmetic from the anchor", () => {
    const count = fc.integer({ min: -40, max: 40 });
    fc.assert(
      fc.property(someAt, count, someReset, someZone, (anchorAt, index, reset, timeZone) => {
        const start = T.Instant.fromEpochMilliseconds(anchorAt).toZonedDateTimeISO(timeZone);
        const day = start.toPlainDate().add({ [`${reset}s`]: index });
        const isMidnight = start.equals(start.startOfDay());
        const at = day.toZonedDateTime(
          isMidnight ? { timeZone } : { timeZone, plainTime: start.toPlainTime() },
        ).epochMilliseconds as Instant;
        const anchor = { at: anchorAt, timeZone: timeZone as TimeZone };
        expect(usagePeriodAt({ anchor, reset, at }).from).toBe(at);
      }),
      { numRuns: 1_500 },
    );
  });

  it("counts as many periods as there are resets", () => {
    fc.assert(
      fc.property(someAt, fc.nat(30), someReset, (since, steps, reset) => {
        const anchor = { at: since, timeZone: "UTC" as TimeZone };
        let at = since;
        for (let step = 0; step < steps; step += 1) {
          at = usagePeriodAt({ anchor, reset, at }).to as Instant;
        }
        expect(periodsBegun({ anchor, reset, since, at })).toBe(steps + 1);
      }),
      { numRuns: 300 },
    );
  });
});

describe("calendar days", () => {
  it("agree with Temporal over eight hundred years, both ways", () => {
    const epoch = T.PlainDate.from("1970-01-01");
    fc.assert(
      fc.property(fc.integer({ min: -150_000, max: 150_000 }), (number) => {
        const { year, month, day } = epoch.add({ days: number });
        expect(calendarDay(number)).toEqual({ year, month, day });
        expect(dayNumber({ year, month, day })).toBe(number);
      }),
      { numRuns: 2_000 },
    );
  });
});
