/** What an answer says of an allowance for all calls of a day or of the last 24 hours. */
interface Quota {
  readonly used: number;
  readonly limit: number;
}

/**
 * The daily allowance as an answer's headers tell it, or null where they tell nothing. Known ways:
 * `Sforce-Limit-Info: api-usage=18/5000` and `X-HubSpot-RateLimit-Daily` with `-Daily-Remaining`
 * (HubSpot leaves both out for OAuth apps).
 *
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm
 * @see https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
 */
export function readQuota(headers: Headers): Quota | null {
  const usage = /(?:^|[\s;,])api-usage=(\d{1,12})\/(\d{1,12})(?![\d.])/.exec(
    headers.get("sforce-limit-info") ?? "",
  );
  if (usage !== null) return quotaOf(Number(usage[1]), Number(usage[2]));
  const limit = wholeNumber(headers.get("x-hubspot-ratelimit-daily"));
  const left = wholeNumber(headers.get("x-hubspot-ratelimit-daily-remaining"));
  return limit === null || left === null || left > limit ? null : quotaOf(limit - left, limit);
}

function quotaOf(used: number, limit: number): Quota | null {
  return limit > 0 ? { used, limit } : null;
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,12}$/.test(text.trim()) ? Number(text) : null;
}
