import type { CalendarDate } from "../kernel/instant.ts";
import { lastDayOf } from "../kernel/term.ts";
import type { OrderContent, OrderLine } from "./order-content.ts";

const monthNames = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const linesShownMax = 3;

/**
 * What was sold, in one sentence for people: `GTX Pro × 250, to 31 Dec 2027`. The day is the last
 * one of the term. `names` gives the offering's name by sku; a sku without one is shown itself.
 */
export function summarizeOrder({
  content,
  names = {},
}: {
  readonly content: OrderContent;
  readonly names?: Readonly<Record<string, string>>;
}): string {
  const ends = new Set(content.lines.map(({ term }) => lastDayOf(term)));
  const [onlyEnd, ...otherEnds] = ends;
  const sharedEnd = otherEnds.length === 0 ? onlyEnd : undefined;
  const shown = content.lines.slice(0, linesShownMax).map((line) => {
    const what = `${nameOf(line, names)} × ${line.quantity}`;
    return sharedEnd === undefined ? `${what} to ${dayText(lastDayOf(line.term))}` : what;
  });
  const hidden = content.lines.length - shown.length;
  if (hidden > 0) shown.push(`${hidden} more ${hidden === 1 ? "line" : "lines"}`);
  if (sharedEnd !== undefined) shown.push(`to ${dayText(sharedEnd)}`);
  return shown.join(", ");
}

/** `31 Dec 2027`: no reader takes it for another day, whatever their country's habit. */
export function dayText(date: CalendarDate): string {
  const [year = "", month = "", day = ""] = date.split("-");
  return `${Number(day)} ${monthNames[Number(month) - 1] ?? month} ${year}`;
}

function nameOf(line: OrderLine, names: Readonly<Record<string, string>>): string {
  return (Object.hasOwn(names, line.sku) ? names[line.sku] : undefined) ?? line.sku;
}
