import type { Offering } from "../catalog/offering.ts";
import { type CalendarDate, parseCalendarDate, type TimeZone } from "../kernel/instant.ts";
import { lastDayOf, type Term, termMonthsMax, wholeMonthsThrough } from "../kernel/term.ts";
import type { DealLine } from "./deal.ts";
import type { ReportFault } from "./line-fault.ts";
import { quoteValue, readText } from "./read-text.ts";
import type { DealWords } from "./record-words.ts";

/** Days that a default term may start on; null where nobody knows. */
export interface DefaultStarts {
  readonly closedOn: CalendarDate | null;
  readonly receivedOn: CalendarDate | null;
}

/**
 * The term of one line, or null after its faults were reported. What the line leaves open comes
 * from the offering's default. While the offering itself is unknown, nobody can say that anything
 * is missing: that fault is the product's, and is reported there.
 */
export function parseLineTerm({
  line,
  offering,
  defaultStarts,
  timeZone,
  words,
  report,
}: {
  readonly line: Pick<DealLine, "startsOn" | "months" | "endsOn">;
  readonly offering: Pick<Offering, "defaultTerm"> | null;
  readonly defaultStarts: DefaultStarts;
  readonly timeZone: TimeZone;
  readonly words: DealWords;
  readonly report: ReportFault;
}): Term | null {
  const startsOn = parseStart({ line, offering, defaultStarts, words, report });
  const endsOn = parseEnd({ line, report });
  const months = parseMonths({ line, report });
  if (startsOn === undefined || endsOn === undefined || months === undefined) return null;

  if (endsOn === null) {
    const length = months ?? offering?.defaultTerm?.months ?? null;
    if (length === null) {
      if (offering === null) return null;
      report({
        code: "missing_term",
        field: "months",
        says: `the line names no length. Set ${words.fields.months} to the number of whole months.`,
      });
      return null;
    }
    return startsOn === null ? null : { startsOn, months: length, timeZone };
  }
  if (startsOn === null) return null;
  const spanned = wholeMonthsThrough({ startsOn, endsOn });
  if (spanned === 0) {
    report({
      code: "term_ends_before_start",
      field: "endsOn",
      says: `the line ends on ${endsOn}, before it starts on ${startsOn}. Correct ${words.fields.endsOn} or ${words.fields.startsOn}.`,
    });
    return null;
  }
  if (spanned === null || spanned > termMonthsMax) {
    report({
      code: "invalid_term",
      field: "endsOn",
      says: `${startsOn} through ${endsOn} is not a whole number of months from 1 through ${termMonthsMax}. A year from that day ends on ${lastDayOf({ startsOn, months: 12 })}.`,
    });
    return null;
  }
  if (months !== null && months !== spanned) {
    report({
      code: "invalid_term",
      field: "endsOn",
      says: `the line says ${months} months and also an end on ${endsOn}, which is ${spanned} months. Correct ${words.fields.months} or ${words.fields.endsOn}.`,
    });
    return null;
  }
  return { startsOn, months: spanned, timeZone };
}

/** A day, null when nobody says one (reported here), undefined when what it says is no day (reported too). */
function parseStart({
  line,
  offering,
  defaultStarts,
  words,
  report,
}: Pick<
  Parameters<typeof parseLineTerm>[0],
  "line" | "offering" | "defaultStarts" | "words" | "report"
>): CalendarDate | null | undefined {
  const said = readText(line.startsOn);
  if (said !== null) {
    const read = parseCalendarDate(said);
    if (read.ok) return read.value;
    report({ code: "missing_term", field: "startsOn", says: read.reasons[0] });
    return undefined;
  }
  if (offering === null) return null;
  const { defaultTerm } = offering;
  const fallback =
    defaultTerm === undefined
      ? null
      : defaultTerm.startsOn === "close-date"
        ? defaultStarts.closedOn
        : defaultStarts.receivedOn;
  if (fallback !== null) return fallback;
  report({
    code: "missing_term",
    field: "startsOn",
    says: `the line names no start. Set ${words.fields.startsOn} to the first day of the term.`,
  });
  return null;
}

function parseEnd({
  line,
  report,
}: {
  readonly line: Pick<DealLine, "endsOn">;
  readonly report: ReportFault;
}): CalendarDate | null | undefined {
  const said = readText(line.endsOn);
  if (said === null) return null;
  const read = parseCalendarDate(said);
  if (read.ok) return read.value;
  report({ code: "missing_term", field: "endsOn", says: read.reasons[0] });
  return undefined;
}

function parseMonths({
  line,
  report,
}: {
  readonly line: Pick<DealLine, "months">;
  readonly report: ReportFault;
}): number | null | undefined {
  const { months } = line;
  if (months === null || months === undefined) return null;
  if (Number.isInteger(months) && months >= 1 && months <= termMonthsMax) return months;
  report({
    code: "invalid_term",
    field: "months",
    says: `the length is ${quoteValue(months)} months; expected a whole number from 1 through ${termMonthsMax}.`,
  });
  return undefined;
}
