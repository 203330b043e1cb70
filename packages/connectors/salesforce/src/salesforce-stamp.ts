import { z } from "zod";

/**
 * A datetime as the REST API writes it (`2026-11-24T06:39:48.000+0000`), as `…Z` with milliseconds:
 * of equal length and zone, so that two of them compare as text, and good as a SOQL literal.
 */
export const salesforceStamp = z.string().transform((text, context) => {
  // As it nearly always comes; reading a page is reading hundreds of these.
  if (inUtc.test(text)) return `${text.slice(0, -"+0000".length)}Z`;
  const ms = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
  if (Number.isNaN(ms)) {
    context.addIssue({ code: "custom", message: "expected a datetime with zone" });
    return z.NEVER;
  }
  return new Date(ms).toISOString();
});

const inUtc =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}\+0000$/;
