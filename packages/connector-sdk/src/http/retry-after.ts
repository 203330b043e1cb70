/** A vendor that asks for more is asked again after a day at the latest. */
const waitMsMax = 24 * 60 * 60 * 1000;

/**
 * Milliseconds to wait by a `Retry-After` header: seconds or an HTTP date (RFC 9110 §10.2.3).
 * A date is read against the answer's own `Date` header when there is one, since two machines
 * rarely agree on the time. Null when the header is missing or neither of the two; at most a day.
 */
export function parseRetryAfter(input: {
  readonly retryAfter: string | null;
  readonly date: string | null;
  readonly nowMs: number;
}): number | null {
  const text = input.retryAfter?.trim();
  if (text === undefined || text === "") return null;
  if (/^\d+(\.\d+)?$/.test(text)) return bounded(Math.ceil(Number(text) * 1000));
  if (!/[a-z]{3}/i.test(text)) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return null;
  const theirNow = input.date === null ? Number.NaN : Date.parse(input.date);
  return bounded(at - (Number.isNaN(theirNow) ? input.nowMs : theirNow));
}

function bounded(ms: number): number {
  return Math.min(Math.max(ms, 0), waitMsMax);
}
