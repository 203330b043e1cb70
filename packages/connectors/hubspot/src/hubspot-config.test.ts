import { describe, expect, it } from "vitest";
import { hubspotConfig } from "./hubspot-config.ts";

const token = { authKind: "access_token", accessToken: "t" };

describe("a HubSpot connection's configuration", () => {
  it("needs nothing but a token", () => {
    expect(hubspotConfig.parse(token)).toMatchObject({
      baseUrl: "https://api.hubapi.com",
      propertyPrefix: "usher",
      changes: "search",
      searchesPerSecondMax: 4,
    });
  });

  it.each([
    ["a time zone that is none", { timeZone: "Mars/Olympus" }, "timeZone"],
    ["a prefix that HubSpot would not take", { propertyPrefix: "Usher" }, "propertyPrefix"],
    ["a currency that is none", { currency: "Euro" }, "currency"],
    ["plain http to somewhere else", { baseUrl: "http://example.com" }, "baseUrl"],
    ["a page larger than HubSpot's", { pageSize: 201 }, "pageSize"],
    ["the journal without its app", { changes: "journal", portalId: 1 }, "clientId"],
    [
      "the journal without the account",
      { changes: "journal", clientId: "a", clientSecret: "b" },
      "portalId",
    ],
    ["an unknown field", { pageSiz: 5 }, ""],
  ])("%s is refused by name", (_, change, field) => {
    const parsed = hubspotConfig.safeParse({ ...token, ...change });
    expect(parsed.error?.issues.map(({ path }) => path.join("."))).toContain(field);
  });
});
