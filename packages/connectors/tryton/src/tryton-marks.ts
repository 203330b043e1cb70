/**
 * What Usher writes into Tryton's own fields so as to find its records again. Tryton has no place
 * for another system's ids, and `reference` is not unique: whoever makes something looks first.
 */

export function customerMark(customerId: string): string {
  return `usher:${customerId}`;
}

const linePrefix = "usher:line:";

/** In a sale line's internal note. */
export function lineMark(lineId: string): string {
  return linePrefix + lineId;
}

/** The line id in a note; null for a line that a person added. A person may write below the mark. */
export function lineIdOf(note: string | null): string | null {
  const [first = ""] = (note ?? "").split("\n");
  return first.startsWith(linePrefix) ? first.slice(linePrefix.length) : null;
}

/** Up to which point an order was carried into a sale. */
export interface SaleMark {
  readonly revision: number;
  readonly isTakenBack: boolean;
}

/** In the description of a sale or of an amendment, for people too. */
export function describeMark({ revision, isTakenBack }: SaleMark): string {
  return `Usher revision ${revision}${isTakenBack ? ", taken back" : ""}`;
}

const marked = /^Usher revision (\d{1,9})(, taken back)?(?:$|[:\s])/;

export function markOf(description: string | null): SaleMark | null {
  const match = marked.exec(description ?? "");
  if (match === null) return null;
  return { revision: Number(match[1]), isTakenBack: match[2] !== undefined };
}

export function isSameMark(one: SaleMark | null, other: SaleMark): boolean {
  return one !== null && one.revision === other.revision && one.isTakenBack === other.isTakenBack;
}
