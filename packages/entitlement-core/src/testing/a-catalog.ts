import type { Catalog, PublishedCatalog } from "../catalog/catalog.ts";
import { defineCatalog } from "../catalog/define-catalog.ts";
import type { OfferingVersionId } from "../kernel/ids.ts";

/** A small seller: GTX Pro (seats, single sign-on, calls) and Basic; finance is asked above 20 % off. */
export const aCatalog: Catalog = defineCatalog({
  timeZone: "Europe/Berlin",
  features: {
    sso: { kind: "boolean", name: "Single sign-on" },
    seats: { kind: "seat", name: "Seats" },
    calls: { kind: "metered", name: "API calls", unit: "call" },
    region: { kind: "config", name: "Regions", combine: "union" },
  },
  offerings: {
    "GTX-PRO": {
      name: "GTX Pro",
      skuClass: "pro",
      listPrices: { USD: "550.00", EUR: "500.00" },
      billing: { subscription: "year" },
      entitlements: {
        sso: true,
        seats: { perQuantity: 1, graceDays: 14 },
        calls: { fixed: 100_000, reset: "month", rollover: { max: 10_000 } },
        region: { value: ["eu"] },
      },
    },
    "GTX-BASIC": {
      name: "GTX Basic",
      skuClass: "basic",
      listPrices: { USD: "55.00" },
      billing: "invoice",
      defaultTerm: { months: 12, startsOn: "close-date" },
      entitlements: { seats: { perQuantity: 1 } },
    },
  },
  aliases: [{ system: "salesforce", productCode: "PRO-OLD", sku: "GTX-PRO" }],
  approvals: {
    finance: {
      name: "Finance",
      when: [{ fact: "discount-percent", above: 20 }],
      approvers: [{ user: "dana@seller.example" }],
    },
  },
});

/** `catalog` as its first publication. */
export function published(catalog: Catalog = aCatalog): PublishedCatalog {
  return {
    ...catalog,
    version: 1,
    offerings: catalog.offerings.map((offering, index) => ({
      ...offering,
      id: `ofv_${String(index).padStart(26, "0")}` as OfferingVersionId,
      version: 1,
    })),
  };
}
