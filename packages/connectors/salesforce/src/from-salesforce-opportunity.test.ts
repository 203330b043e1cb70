import { readFileSync } from "node:fs";
import { parseDecimalSafeJson } from "@usher/connector-sdk/http";
import { describe, expect, it } from "vitest";
import { fromSalesforceOpportunity } from "./from-salesforce-opportunity.ts";
import { salesforceConfig } from "./salesforce-config.ts";
import { salesforceOpportunity } from "./salesforce-opportunity-api.ts";

const raw = readFileSync(new URL("./fixtures/opportunity.json", import.meta.url), "utf8");

function translate(
  change: {
    readonly config?: Readonly<Record<string, unknown>>;
    readonly record?: Readonly<Record<string, unknown>>;
    readonly ownUserId?: string;
  } = {},
) {
  const record = parseDecimalSafeJson(raw) as Record<string, unknown>;
  return fromSalesforceOpportunity({
    opportunity: salesforceOpportunity.parse({ ...record, ...change.record }),
    config: salesforceConfig.parse({
      authKind: "client_credentials",
      loginUrl: "https://acme.my.salesforce.com",
      clientId: "id",
      clientSecret: "secret",
      isMultiCurrency: true,
      ...change.config,
    }),
    ownUserId: change.ownUserId ?? null,
  });
}

describe("fromSalesforceOpportunity", () => {
  it("says what was won in Usher's words", () => {
    expect(translate()).toEqual({
      system: "salesforce",
      id: "0065g00000XyZabAAF",
      version: expect.stringMatching(/^2026-11-24T06:40:00\.000Z#[0-9a-f]{12}$/),
      name: "Ærø – Pro 🚀",
      isWon: true,
      kind: "new",
      currency: "EUR",
      account: { id: "0015g00000AbCdeAAF", name: "Ærø ApS", country: "DK" },
      owner: { email: "ana@seller.example", name: "Ana Flores" },
      lastEditor: { email: "dana@seller.example", name: "Dana Keller" },
      lines: [
        {
          id: "00k5g00000AbCdeAAF",
          productCode: "PRO",
          productName: "Pro",
          quantity: "250.0",
          unitPrice: "12.50",
          currency: null,
          startsOn: "2026-12-01",
          months: 24,
          endsOn: null,
        },
        {
          id: "00k5g00000AbCdfAAF",
          productCode: "",
          productName: "",
          quantity: "100",
          unitPrice: "0.1",
          currency: "USD",
          startsOn: "2026-11-20",
          months: null,
          endsOn: null,
        },
      ],
    });
  });

  it("has the latest stamp of deal and lines for a version: a line's edit may leave its parent alone", () => {
    const older = translate({ record: { SystemModstamp: "2026-11-24T07:00:00.000+0000" } });
    expect(older.version).toMatch(/^2026-11-24T07:00:00\.000Z#/);
  });

  it("gives two edits within one second two versions, and one state one version", () => {
    const [before, again, edited] = [{}, {}, { Name: "renamed" }].map(
      (record) => translate({ record }).version,
    );
    expect(again).toBe(before);
    expect(edited).not.toBe(before);
    expect(edited?.split("#")[0]).toBe(before?.split("#")[0]);
  });

  it("reads a stamp of any zone as the same instant", () => {
    const version = translate({
      record: { SystemModstamp: "2026-11-24T20:00:00.000+1400", OpportunityLineItems: null },
    }).version;
    expect(version).toMatch(/^2026-11-24T06:00:00\.000Z#/);
  });

  it("falls back for the term: line, deal, connection", () => {
    const config = { dealTermMonthsField: "Term_Months__c", defaultTermMonths: 12 };
    expect(translate({ config }).lines.map(({ months }) => months)).toEqual([24, 12]);
    const record = { Term_Months__c: 36 };
    expect(translate({ config, record }).lines.map(({ months }) => months)).toEqual([24, 36]);
  });

  it.each([0, "0.5", "12.5", -1, "x"])("takes %s months for no term", (value) => {
    const config = { lineTermMonthsField: null, dealTermMonthsField: "Term_Months__c" };
    const record = { Term_Months__c: value };
    expect(translate({ config, record }).lines[0]?.months).toBeNull();
  });

  it("tells what kind of deal it is by the configured field", () => {
    const config = { kindField: "Type", kindValues: { Renewal: "renew" } };
    expect(translate({ config }).kind).toBe("renew");
    expect(translate({ config, record: { Type: "Something else" } }).kind).toBe("new");
  });

  it("does not name itself as the last editor after a write-back", () => {
    expect(translate({ ownUserId: "0055g00000AbCdeAAF" }).lastEditor).toBeNull();
  });

  it("leaves missing what is missing", () => {
    const bare = translate({
      record: {
        Account: null,
        Owner: null,
        LastModifiedBy: { Name: "x", Email: null },
        CloseDate: null,
        CurrencyIsoCode: null,
        OpportunityLineItems: null,
      },
    });
    expect(bare).toMatchObject({
      account: null,
      owner: null,
      lastEditor: null,
      currency: null,
      lines: [],
    });
  });

  it("takes the org's only currency where there is just one", () => {
    const config = { isMultiCurrency: false, currency: "JPY" };
    expect(translate({ config })).toMatchObject({
      currency: "JPY",
      lines: [{ currency: null }, { currency: null }],
    });
  });
});
