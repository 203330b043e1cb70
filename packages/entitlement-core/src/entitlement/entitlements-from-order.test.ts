import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EntitlementTemplate, OfferingVersion, Sku } from "../catalog/offering.ts";
import type { OfferingVersionId, OrderId } from "../kernel/ids.ts";
import { instantFromIso, type TimeZone } from "../kernel/instant.ts";
import type { OrderContent, OrderLine } from "../order/order-content.ts";
import { entitlementsFromOrder } from "./entitlements-from-order.ts";
import { apiCalls, customer, region, seats, sso } from "./testing/right-builder.ts";

const anywhere = { graceDays: 14, geo: null };

function anOffering(...entitlements: readonly EntitlementTemplate[]): OfferingVersion {
  return {
    id: "ofv_1" as OfferingVersionId,
    version: 3,
    sku: "PRO" as Sku,
    name: "Pro",
    skuClass: "standard",
    listPrices: [],
    billing: { kind: "invoice" },
    entitlements,
  };
}

function aLine(changed: Partial<OrderLine> = {}): OrderLine {
  return {
    lineId: "line-1",
    sku: "PRO" as Sku,
    offeringVersionId: "ofv_1" as OfferingVersionId,
    productCode: "PRO",
    quantity: 4,
    unitPrice: { minor: 100, currency: "EUR" as never },
    listPrice: null,
    term: { startsOn: "2027-07-01" as never, months: 12, timeZone: "Europe/Berlin" as TimeZone },
    ...changed,
  };
}

function grants(
  offering: OfferingVersion,
  { line = aLine(), kind = "new" as OrderContent["kind"] } = {},
) {
  return entitlementsFromOrder({
    content: {
      kind,
      source: { system: "salesforce", id: "006" },
      dealName: "Acme",
      customer: { externalId: "001", name: "Acme", country: null },
      currency: "EUR" as never,
      owner: null,
      lines: [line],
    },
    offeringVersions: [offering],
    customerId: customer,
    orderId: "ord_1" as OrderId,
    revision: 2,
    decisionIds: ["apd_1"],
  });
}

const perSeat: EntitlementTemplate = {
  ...anywhere,
  kind: "seat",
  feature: seats.key,
  amount: { basis: "per-quantity", amount: 5 },
  enforcement: "hard",
};

describe("entitlementsFromOrder", () => {
  it("grants each template over the line's term in the contract's zone, with its whole provenance", () => {
    const [draft] = grants(anOffering({ ...anywhere, kind: "boolean", feature: sso.key }));
    expect(draft).toEqual({
      customerId: customer,
      feature: sso.key,
      value: { kind: "boolean" },
      activeFrom: instantFromIso("2027-06-30T22:00:00Z"),
      activeTo: instantFromIso("2028-06-30T22:00:00Z"),
      graceDays: 14,
      geo: null,
      provenance: {
        kind: "order-line",
        orderId: "ord_1",
        revision: 2,
        lineId: "line-1",
        offeringVersionId: "ofv_1",
        decisionIds: ["apd_1"],
      },
    });
  });

  it("multiplies a per-quantity amount and leaves a fixed one alone", () => {
    const fixed: EntitlementTemplate = {
      ...anywhere,
      kind: "metered",
      feature: apiCalls.key,
      amount: { basis: "fixed", limit: { kind: "limited", amount: 1000 } },
      reset: "month",
      rollover: null,
      enforcement: "soft",
    };
    const values = grants(anOffering(perSeat, fixed)).map(({ value }) => value);
    expect(values).toEqual([
      { kind: "seat", limit: { kind: "limited", amount: 20 }, enforcement: "hard" },
      {
        kind: "metered",
        limit: { kind: "limited", amount: 1000 },
        reset: "month",
        rollover: null,
        enforcement: "soft",
        anchor: { at: instantFromIso("2027-06-30T22:00:00Z"), timeZone: "Europe/Berlin" },
      },
    ]);
  });

  it("passes unlimited, none and config values through as the offering has them", () => {
    for (const limit of [{ kind: "unlimited" }, { kind: "none" }] as const) {
      const template: EntitlementTemplate = { ...perSeat, amount: { basis: "fixed", limit } };
      expect(grants(anOffering(template))[0]?.value).toMatchObject({ limit });
    }
    const config: EntitlementTemplate = {
      ...anywhere,
      kind: "config",
      feature: region.key,
      value: ["eu"],
    };
    expect(grants(anOffering(config))[0]?.value).toEqual({ kind: "config", value: ["eu"] });
  });

  it("a cancelation asks for nothing", () => {
    expect(grants(anOffering(perSeat), { kind: "cancel" })).toEqual([]);
  });

  it("an amount beyond the integers stops instead of being rounded", () => {
    const huge: EntitlementTemplate = {
      ...perSeat,
      amount: { basis: "per-quantity", amount: Number.MAX_SAFE_INTEGER },
    };
    expect(() => grants(anOffering(huge))).toThrow(/more than 9007199254740991/);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer({ min: 0, max: 1e9 }),
        (quantity, amount) => {
          const template: EntitlementTemplate = {
            ...perSeat,
            amount: { basis: "per-quantity", amount },
          };
          const exact = BigInt(quantity) * BigInt(amount);
          const make = () => grants(anOffering(template), { line: aLine({ quantity }) });
          if (exact > BigInt(Number.MAX_SAFE_INTEGER)) expect(make).toThrow(RangeError);
          else expect(make()[0]?.value).toMatchObject({ limit: { amount: Number(exact) } });
        },
      ),
    );
  });

  it("an offering version that was not handed over, or that grants a feature twice, is a broken invariant", () => {
    const line = aLine({ offeringVersionId: "ofv_2" as OfferingVersionId });
    expect(() => grants(anOffering(perSeat), { line })).toThrow(/ofv_2/);
    expect(() => grants(anOffering(perSeat, perSeat))).toThrow(/twice/);
  });
});
