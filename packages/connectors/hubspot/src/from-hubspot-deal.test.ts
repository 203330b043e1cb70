import { describe, expect, it } from "vitest";
import { fromHubSpotDeal } from "./from-hubspot-deal.ts";
import { hubspotConfig } from "./hubspot-config.ts";
import type { HubSpotRecord } from "./hubspot-records.ts";

const aConfig = (change: Record<string, unknown> = {}) =>
  hubspotConfig.parse({ authKind: "access_token", accessToken: "t", ...change });

const people = {
  byOwnerId: (id: string) => (id === "5" ? { email: "ana@x.example", name: "Ana" } : null),
  byUserId: (id: string) => (id === "9" ? { email: "bo@x.example", name: "Bo" } : null),
};

function aDeal(change: Record<string, string | null> = {}): HubSpotRecord {
  return {
    id: "1",
    properties: {
      dealname: "Acme Pro",
      hs_is_closed_won: "true",
      closedate: "2026-11-01T12:00:00Z",
      deal_currency_code: "EUR",
      hubspot_owner_id: "5",
      hs_updated_by_user_id: "9",
      hs_lastmodifieddate: "2026-11-02T10:00:00.123Z",
      ...change,
    },
  };
}
function aLine(change: Record<string, string | null> = {}): HubSpotRecord {
  return {
    id: "11",
    properties: {
      name: "Pro",
      hs_sku: "PRO",
      hs_product_id: "77",
      quantity: "250",
      price: "345.60",
      hs_recurring_billing_period: "P12M",
      hs_recurring_billing_start_date: "2026-12-01",
      hs_line_item_currency_code: "EUR",
      hs_lastmodifieddate: "2026-11-01T10:00:00.000Z",
      ...change,
    },
  };
}
const company: HubSpotRecord = { id: "2", properties: { name: "Acme", country: "Germany" } };

function translate(
  input: {
    deal?: HubSpotRecord;
    lines?: readonly HubSpotRecord[];
    company?: HubSpotRecord | null;
    config?: Record<string, unknown>;
  } = {},
) {
  const { deal = aDeal(), lines = [aLine()] } = input;
  const parts = { deal, lines, company: input.company === undefined ? company : input.company };
  return fromHubSpotDeal({ parts, config: aConfig(input.config), owners: people });
}

describe("a HubSpot deal in our words", () => {
  it("has company, people, currency and lines", () => {
    expect(translate()).toMatchObject({
      system: "hubspot",
      id: "1",
      name: "Acme Pro",
      isWon: true,
      kind: "new",
      currency: "EUR",
      closedOn: "2026-11-01",
      account: { id: "2", name: "Acme", country: "DE" },
      owner: { email: "ana@x.example" },
      lastEditor: { email: "bo@x.example" },
      lines: [
        {
          id: "11",
          productCode: "PRO",
          quantity: "250",
          unitPrice: "345.60",
          currency: null,
          startsOn: "2026-12-01",
          months: 12,
        },
      ],
    });
  });

  it("won is what hs_is_closed_won says, as text", () => {
    expect(translate({ deal: aDeal({ hs_is_closed_won: "false" }) }).isWon).toBe(false);
    expect(translate({ deal: aDeal({ hs_is_closed_won: null }) }).isWon).toBe(false);
  });

  it("what is missing stays missing, and is never guessed", () => {
    const bare = translate({
      deal: aDeal({ deal_currency_code: null, hubspot_owner_id: null, closedate: null }),
      lines: [aLine({ hs_recurring_billing_period: null, hs_recurring_billing_start_date: null })],
      company: null,
    });
    expect(bare).toMatchObject({
      currency: null,
      account: null,
      owner: null,
      lines: [{ months: null, startsOn: null }],
    });
  });

  it("the connection's currency and term are for deals that say none", () => {
    const config = { currency: "USD", defaultTermMonths: 24 };
    const deal = aDeal({ deal_currency_code: null });
    const lines = [aLine({ hs_recurring_billing_period: null, hs_line_item_currency_code: null })];
    expect(translate({ deal, lines, config })).toMatchObject({
      currency: "USD",
      lines: [{ months: 24, currency: null }],
    });
  });

  it("a line of another currency than its deal says so", () => {
    const lines = [aLine({ hs_line_item_currency_code: "USD" })];
    expect(translate({ lines }).lines[0]?.currency).toBe("USD");
  });

  it("a line without SKU is known by its product's id; hs_term_in_months stands in for the period", () => {
    const lines = [
      aLine({ hs_sku: null, hs_recurring_billing_period: "P30D", hs_term_in_months: "6" }),
    ];
    expect(translate({ lines }).lines[0]).toMatchObject({ productCode: "77", months: 6 });
  });

  it("the kind is read from the property the connection names", () => {
    const config = { kindProperty: "dealtype", kindValues: { existingbusiness: "amend" } };
    const deal = aDeal({ dealtype: "existingbusiness" });
    expect(translate({ deal, config }).kind).toBe("amend");
    expect(translate({ deal: aDeal({ dealtype: "newbusiness" }), config }).kind).toBe("new");
  });

  it("the version moves with a line that leaves the deal's stamp, and keeps its content's part under our own write", () => {
    const before = translate().version;
    const start = translate({
      lines: [
        aLine({
          hs_recurring_billing_start_date: "2027-01-01",
          hs_lastmodifieddate: "2026-11-03T00:00:00.000Z",
        }),
      ],
    }).version;
    expect(start).not.toBe(before);
    expect(start.startsWith("2026-11-03")).toBe(true);
    const touched = translate({ deal: aDeal({ hs_lastmodifieddate: "2026-11-04T00:00:00.000Z" }) });
    expect(touched.version.split("#")[1]).toBe(before.split("#")[1]);
  });
});
