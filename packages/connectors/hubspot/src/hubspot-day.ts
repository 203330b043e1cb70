const dayMs = 86_400_000;

/**
 * The calendar day of a `date` property. HubSpot keeps a day as midnight UTC and gives it out as
 * `2026-11-01`, or as that midnight. Anything else is no day: it stays as it is, so that sales is
 * told what the field says.
 */
export function dayOfDate(text: string): string | null {
  if (text === "" || /^\d{4}-\d{2}-\d{2}$/.test(text)) return text === "" ? null : text;
  const ms = instantOf(text);
  return ms !== null && ms % dayMs === 0 ? new Date(ms).toISOString().slice(0, 10) : text;
}

/**
 * The day on which an instant such as `closedate` lies for the people of the portal: west of UTC an
 * evening is already the next day there, east of it a morning is still the day before.
 */
export function dayOfInstant(input: {
  readonly text: string;
  readonly timeZone: string;
}): string | null {
  const { text, timeZone } = input;
  if (text === "" || /^\d{4}-\d{2}-\d{2}$/.test(text)) return text === "" ? null : text;
  const ms = instantOf(text);
  if (ms === null) return null;
  // Swedish writes a date as ISO 8601 does.
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" }).format(ms);
}

/** Epoch milliseconds of `1767225600000` or an ISO 8601 instant; null for anything else. */
export function instantOf(text: string): number | null {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
