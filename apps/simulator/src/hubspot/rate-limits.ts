import type { HttpAnswer } from "../http-answer.ts";
import { errorAnswer, HubSpotError } from "./hubspot-error.ts";
import type { Portal } from "./portal.ts";

/** Counts calls, refuses what is too much and tells what is left. */
export interface RateLimits {
  /** The refusal of a call, if it is one too many. */
  refusalOf(call: { readonly isSearch: boolean }): HttpAnswer | undefined;
  /** @see https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines */
  headers(call: { readonly isSearch: boolean; readonly isOAuth: boolean }): Record<string, string>;
  forget(): void;
}

const BURST_MS = 10_000;
const SECOND_MS = 1_000;
/** Shown where no limit is set. */
const FREE = { burst: 190, daily: 1_000_000 } as const;

export function createRateLimits(portal: Portal): RateLimits {
  let calls: number[] = [];
  let searches: number[] = [];
  let day = "";
  let today = 0;

  function refusalOf({ isSearch }: { readonly isSearch: boolean }): HttpAnswer | undefined {
    const now = portal.now();
    const { callsPerDayMax, callsPerTenSecondsMax, searchesPerSecondMax } = portal.settings();
    const date = new Date(now).toISOString().slice(0, 10);
    if (date !== day) {
      day = date;
      today = 0;
    }
    calls = calls.filter((at) => at > now - BURST_MS);
    searches = searches.filter((at) => at > now - SECOND_MS);
    if (callsPerDayMax !== null && today >= callsPerDayMax) return tooMany("DAILY");
    if (isSearch && searchesPerSecondMax !== null && searches.length >= searchesPerSecondMax)
      return tooMany("SECONDLY");
    if (callsPerTenSecondsMax !== null && calls.length >= callsPerTenSecondsMax)
      return tooMany("TEN_SECONDLY_ROLLING");
    today += 1;
    calls.push(now);
    if (isSearch) searches.push(now);
    return undefined;
  }

  return {
    refusalOf,
    headers({ isSearch, isOAuth }) {
      if (isSearch) return {};
      const { callsPerDayMax, callsPerTenSecondsMax } = portal.settings();
      const burst = callsPerTenSecondsMax ?? FREE.burst;
      const daily = callsPerDayMax ?? FREE.daily;
      return {
        "X-HubSpot-RateLimit-Max": String(burst),
        "X-HubSpot-RateLimit-Remaining": String(Math.max(0, burst - calls.length)),
        "X-HubSpot-RateLimit-Interval-Milliseconds": String(BURST_MS),
        ...(isOAuth
          ? {}
          : {
              "X-HubSpot-RateLimit-Daily": String(daily),
              "X-HubSpot-RateLimit-Daily-Remaining": String(Math.max(0, daily - today)),
            }),
      };
    },
    forget() {
      calls = [];
      searches = [];
      today = 0;
    },
  };
}

const WORDS = {
  DAILY: "You have reached your daily limit.",
  SECONDLY: "You have reached your secondly limit.",
  TEN_SECONDLY_ROLLING: "You have reached your ten_secondly_rolling limit.",
} as const;

export function tooMany(policyName: keyof typeof WORDS): HttpAnswer {
  return errorAnswer(
    new HubSpotError(429, {
      message: WORDS[policyName],
      errorType: "RATE_LIMIT",
      category: "RATE_LIMITS",
      policyName,
    }),
  );
}
