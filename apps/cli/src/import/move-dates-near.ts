/**
 * A published sample is years old, and a right that ended years ago answers every check with no.
 * So the whole pipeline is moved by whole years, to end no later than today: weekdays shift, the
 * distances between deals stay. Returns the years to add.
 */
export function yearsToMove(input: {
  readonly latestDate: string;
  readonly today: string;
}): number {
  const latestYear = Number(input.latestDate.slice(0, 4));
  const years = Number(input.today.slice(0, 4)) - latestYear;
  return addYears(input.latestDate, years) <= input.today ? years : years - 1;
}

/** February 29th becomes the 28th in a year without one. */
export function addYears(date: string, years: number): string {
  const year = Number(date.slice(0, 4)) + years;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const monthAndDay = date.slice(5) === "02-29" && !isLeap ? "02-28" : date.slice(5);
  return `${year}-${monthAndDay}`;
}
