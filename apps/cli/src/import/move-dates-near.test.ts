import fc from "fast-check";
import { expect, it } from "vitest";
import { addYears, yearsToMove } from "./move-dates-near.ts";

const day = fc
  .date({ min: new Date("2000-01-01"), max: new Date("2059-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

it("a moved pipeline ends no later than today, and no whole year more would fit", () => {
  fc.assert(
    fc.property(day, day, (latestDate, today) => {
      const years = yearsToMove({ latestDate, today });
      expect(addYears(latestDate, years) <= today).toBe(true);
      expect(addYears(latestDate, years + 1) > today).toBe(true);
    }),
  );
});

it("a leap day becomes the day before where there is none", () => {
  expect(addYears("2024-02-29", 1)).toBe("2025-02-28");
  expect(addYears("2024-02-29", 4)).toBe("2028-02-29");
});
