import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../errors/error-code.ts";
import type { CalendarDate } from "../kernel/instant.ts";
import { published } from "../testing/a-catalog.ts";
import { aDeal, aDealLine } from "../testing/a-deal.ts";
import type { Deal, DealLine } from "./deal.ts";
import type { DealFault } from "./deal-fault.ts";
import { parseDeal } from "./parse-deal.ts";

const catalog = published();

function faultsOf(deal: Deal): readonly DealFault[] {
  const parsed = parseDeal({ deal, catalog });
  return parsed.ok ? [] : parsed.faults;
}

function onlyFaultOf(deal: Deal): DealFault {
  const [fault, ...others] = faultsOf(deal);
  expect(others).toEqual([]);
  if (fault === undefined) throw new Error("the deal has no fault");
  return fault;
}

function withLine(differing: Partial<DealLine>): Deal {
  return aDeal({ lines: [aDealLine(differing)] });
}

it("a deal that is right in every way becomes an order's content", () => {
  const parsed = parseDeal({ deal: aDeal(), catalog });
  expect(parsed).toEqual({
    ok: true,
    content: {
      kind: "new",
      source: { system: "salesforce", id: "006Deal1" },
      dealName: "Acme Pro",
      customer: { externalId: "001Acme", name: "Acme", country: "DE" },
      currency: "USD",
      owner: { email: "olga@seller.example", name: "Olga Owner" },
      lines: [
        {
          lineId: "00kLine1",
          sku: "GTX-PRO",
          offeringVersionId: catalog.offerings[0]?.id,
          productCode: "GTX-PRO",
          quantity: 250,
          unitPrice: { minor: 55_000, currency: "USD" },
          listPrice: { minor: 55_000, currency: "USD" },
          term: { startsOn: "2027-01-01", months: 12, timeZone: "Europe/Berlin" },
        },
      ],
    },
  });
});

it("the version and the last editor of a deal are no part of its content", () => {
  const edited = aDeal({ version: "2", lastEditor: { email: "x@seller.example", name: "X" } });
  expect(parseDeal({ deal: edited, catalog })).toEqual(parseDeal({ deal: aDeal(), catalog }));
});

it.each<[string, Partial<Deal>, ErrorCode, string]>([
  ["no account", { account: null }, "missing_account", "AccountId"],
  [
    "an account without an id",
    { account: { id: " ", name: "A", country: null } },
    "missing_account",
    "AccountId",
  ],
  [
    "a country that is none",
    { account: { id: "1", name: "A", country: "UK" } },
    "invalid_country",
    "Account.BillingCountryCode",
  ],
  ["no currency", { currency: null }, "missing_currency", "CurrencyIsoCode"],
  ["a currency that is none", { currency: "US$" }, "missing_currency", "CurrencyIsoCode"],
  ["no lines", { lines: [] }, "missing_lines", "OpportunityLineItems"],
  ["a stage that is no longer won", { isWon: false }, "deal_reopened", "StageName"],
  ["a kind that takes back", { kind: "cancel" }, "deal_cancels", "Type"],
  [
    "two lines of one id",
    { lines: [aDealLine(), aDealLine()] },
    "duplicate_line",
    "OpportunityLineItems",
  ],
])("a deal with %s is told with its field", (_what, differing, code, field) => {
  const fault = onlyFaultOf(aDeal(differing));
  expect(fault).toMatchObject({ code, where: { field }, resolvedBy: { kind: "deal-edit" } });
  expect(fault.sentence).toContain(fault.where.record);
});

it.each<[string, Partial<DealLine>, ErrorCode, string]>([
  ["quantity 0", { quantity: "0" }, "invalid_quantity", "OpportunityLineItem.Quantity"],
  ["a fraction of a seat", { quantity: "1.5" }, "invalid_quantity", "OpportunityLineItem.Quantity"],
  ["a negative quantity", { quantity: "-3" }, "invalid_quantity", "OpportunityLineItem.Quantity"],
  ["no quantity", { quantity: "" }, "invalid_quantity", "OpportunityLineItem.Quantity"],
  [
    "a quantity in exponents",
    { quantity: "1e3" },
    "invalid_quantity",
    "OpportunityLineItem.Quantity",
  ],
  [
    "a huge quantity",
    { quantity: "9".repeat(400) },
    "invalid_quantity",
    "OpportunityLineItem.Quantity",
  ],
  ["a negative price", { unitPrice: "-1.00" }, "invalid_price", "OpportunityLineItem.UnitPrice"],
  ["a tenth of a cent", { unitPrice: "1.005" }, "invalid_price", "OpportunityLineItem.UnitPrice"],
  ["no price", { unitPrice: "" }, "invalid_price", "OpportunityLineItem.UnitPrice"],
  ["a huge price", { unitPrice: "9".repeat(30) }, "invalid_price", "OpportunityLineItem.UnitPrice"],
  ["another currency", { currency: "EUR" }, "currency_mismatch", "CurrencyIsoCode"],
  ["no start", { startsOn: null }, "missing_term", "OpportunityLineItem.ServiceDate"],
  [
    "a start on no day",
    { startsOn: "2027-02-30" },
    "missing_term",
    "OpportunityLineItem.ServiceDate",
  ],
  ["no length", { months: null }, "missing_term", "OpportunityLineItem.Usher_Term_Months__c"],
  ["0 months", { months: 0 }, "invalid_term", "OpportunityLineItem.Usher_Term_Months__c"],
  ["half a month", { months: 0.5 }, "invalid_term", "OpportunityLineItem.Usher_Term_Months__c"],
  ["eleven years", { months: 132 }, "invalid_term", "OpportunityLineItem.Usher_Term_Months__c"],
  [
    "an end before its start",
    { months: null, endsOn: "2026-12-31" },
    "term_ends_before_start",
    "OpportunityLineItem.Usher_Term_Months__c",
  ],
  [
    "an end in the midst of a month",
    { months: null, endsOn: "2027-12-30" },
    "invalid_term",
    "OpportunityLineItem.Usher_Term_Months__c",
  ],
  [
    "a length and another end",
    { months: 12, endsOn: "2027-06-30" },
    "invalid_term",
    "OpportunityLineItem.Usher_Term_Months__c",
  ],
  ["no product", { productCode: "", productName: "" }, "unknown_product", "ProductCode"],
])("a line with %s is told with its record and field", (_what, differing, code, field) => {
  const fault = onlyFaultOf(withLine(differing));
  expect(fault).toMatchObject({ code, where: { field }, lineId: "00kLine1" });
  expect(fault.sentence).toMatch(/^OpportunityLineItem .*\(00kLine1\): .{10,300}\.$/s);
});

it("a whole quantity may be written with decimals, as Salesforce does", () => {
  const parsed = parseDeal({ deal: withLine({ quantity: "250.00" }), catalog });
  expect(parsed.ok && parsed.content.lines[0].quantity).toBe(250);
});

it("a term may be told by its last day", () => {
  const parsed = parseDeal({ deal: withLine({ months: null, endsOn: "2027-12-31" }), catalog });
  expect(parsed.ok && parsed.content.lines[0].term.months).toBe(12);
});

it("prices and quantities that are sane one by one may not add up beyond what money can say", () => {
  const line = { quantity: "1000000000", unitPrice: "99999999.00" };
  expect(onlyFaultOf(withLine(line)).code).toBe("invalid_price");
});

it("a quantity that is sane by itself may not grant more than can be counted", () => {
  const [pro, ...others] = catalog.offerings;
  if (pro === undefined) throw new Error("no offering");
  const generous = {
    ...pro,
    entitlements: pro.entitlements.map((one) =>
      one.kind === "seat"
        ? { ...one, amount: { basis: "per-quantity" as const, amount: 10_000_000_000 } }
        : one,
    ),
  };
  const read = (quantity: string) =>
    parseDeal({
      deal: withLine({ quantity, unitPrice: "1.00" }),
      catalog: { ...catalog, offerings: [generous, ...others] },
    });
  expect(read("1000").ok).toBe(true);
  expect(read("1000000")).toMatchObject({
    ok: false,
    faults: [{ code: "invalid_quantity", where: { field: "OpportunityLineItem.Quantity" } }],
  });
});

describe("an unknown product", () => {
  it("is told with the product it is most likely meant to be and the alias to add", () => {
    const fault = onlyFaultOf(withLine({ productCode: "GTXPro", productName: "GTXPro" }));
    expect(fault.sentence).toBe(
      "OpportunityLineItem “GTXPro” (00kLine1): the product “GTXPro” is not in the catalog. Did you mean “GTX Pro”? Add the alias GTXPro → GTX-PRO to the catalog, or correct ProductCode.",
    );
    expect(fault.resolvedBy).toEqual({ kind: "product-code", productCode: "GTXPro" });
  });

  it("is known once the alias it asks for is in the catalog", () => {
    const deal = withLine({ productCode: "GTXPro", productName: "GTXPro" });
    const sku = catalog.offerings[0]?.sku;
    if (sku === undefined) throw new Error("no offering");
    const aliases = [...catalog.aliases, { system: "salesforce", productCode: "GTXPro", sku }];
    const parsed = parseDeal({ deal, catalog: { ...catalog, aliases } });
    expect(parsed.ok && parsed.content.lines[0]).toMatchObject({ sku, productCode: "GTXPro" });
  });

  it("is told alone: whether a term is missing depends on the product", () => {
    const line = { productCode: "nothing", startsOn: null, months: null };
    expect(onlyFaultOf(withLine(line)).code).toBe("unknown_product");
  });
});

describe("a default term of the offering", () => {
  const line = { productCode: "GTX-BASIC", unitPrice: "55.00", startsOn: null, months: null };

  it("begins on the day the deal was won", () => {
    const deal = { ...withLine(line), closedOn: "2026-11-24" };
    const parsed = parseDeal({ deal, catalog });
    expect(parsed.ok && parsed.content.lines[0].term).toMatchObject({
      startsOn: "2026-11-24",
      months: 12,
    });
  });

  it("does not overrule what the line says itself", () => {
    const deal = { ...withLine({ ...line, months: 6 }), closedOn: "2026-11-24" };
    const parsed = parseDeal({ deal, catalog });
    expect(parsed.ok && parsed.content.lines[0].term.months).toBe(6);
  });

  it("leaves the term missing when nobody says when the deal was won", () => {
    expect(onlyFaultOf(withLine(line)).code).toBe("missing_term");
  });

  it("may begin on the day the hub first took the deal, whenever the deal is read again", () => {
    const offerings = catalog.offerings.map((offering) => ({
      ...offering,
      defaultTerm: { months: 12, startsOn: "received-date" } as const,
    }));
    const parsed = parseDeal({
      deal: withLine(line),
      catalog: { ...catalog, offerings },
      receivedOn: "2026-11-20" as CalendarDate,
    });
    expect(parsed.ok && parsed.content.lines[0].term.startsOn).toBe("2026-11-20");
  });
});

it("speaks the words of the system the deal lives in", () => {
  const hubspot = onlyFaultOf(aDeal({ system: "hubspot", account: null }));
  expect(hubspot.where).toEqual({
    record: "Deal “Acme Pro” (006Deal1)",
    field: "associated company",
  });
  const rest = onlyFaultOf(aDeal({ system: "billing-portal", account: null }));
  expect(rest.where).toEqual({ record: "Order “Acme Pro” (006Deal1)", field: "customer" });
});

it("text that no database stores is cleaned, not refused", () => {
  const parsed = parseDeal({ deal: aDeal({ name: " Acme\u0000 \ud800Pro " }), catalog });
  expect(parsed.ok && parsed.content.dealName).toBe("Acme \ufffdPro");
});
