import { expect, it } from "vitest";
import { readQuota } from "./read-quota.ts";

const read = (headers: Record<string, string>) => readQuota(new Headers(headers));

it("the daily allowance is read from each vendor's headers", () => {
  expect(read({ "Sforce-Limit-Info": "api-usage=18/5000" })).toEqual({ used: 18, limit: 5000 });
  expect(
    read({
      "Sforce-Limit-Info": "api-usage=25/5000; per-app-api-usage=17/250(appName=sample-app)",
    }),
  ).toEqual({ used: 25, limit: 5000 });
  expect(
    read({
      "X-HubSpot-RateLimit-Daily": "250000",
      "X-HubSpot-RateLimit-Daily-Remaining": "249000",
    }),
  ).toEqual({ used: 1000, limit: 250_000 });
});

it("headers that are missing, half there or nonsense say nothing", () => {
  for (const headers of [
    {},
    { "X-HubSpot-RateLimit-Daily": "250000" },
    { "X-HubSpot-RateLimit-Daily": "10", "X-HubSpot-RateLimit-Daily-Remaining": "11" },
    { "X-HubSpot-RateLimit-Daily": "ten", "X-HubSpot-RateLimit-Daily-Remaining": "-1" },
    { "Sforce-Limit-Info": "per-app-api-usage=17/250(appName=sample-app)" },
    { "Sforce-Limit-Info": "api-usage=18/0" },
    { "Sforce-Limit-Info": "api-usage=1e9/5" },
    { "Sforce-Limit-Info": "api-usage=1/99999999999999999" },
  ]) {
    expect(read(headers as Record<string, string>), JSON.stringify(headers)).toBeNull();
  }
});
