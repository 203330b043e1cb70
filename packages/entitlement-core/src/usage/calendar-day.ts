/** A day of the proleptic Gregorian calendar; `month` from 1. */
export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

// Both by Howard Hinnant, "chrono-compatible low-level date algorithms"
// (https://howardhinnant.github.io/date_algorithms.html): years start in March, so that the leap
// day is the last of its year, and 400 years are always 146,097 days. Held against Temporal by a
// property; here because a check cannot wait for the 40 microseconds that Temporal takes.
const eraDays = 146_097;
const daysFromMarch0000To1970 = 719_468;

/** The day's number, counted from 1970-01-01. A `day` beyond its month runs on into the next. */
export function dayNumber({ year, month, day }: CalendarDay): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * eraDays + dayOfEra - daysFromMarch0000To1970;
}

/** The day with that number. */
export function calendarDay(number: number): CalendarDay {
  const days = number + daysFromMarch0000To1970;
  const era = Math.floor(days / eraDays);
  const dayOfEra = days - era * eraDays;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}
