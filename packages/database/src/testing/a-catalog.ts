import { type Catalog, defineCatalog } from "@usher/entitlement-core/catalog";

/** One offering with a right of each kind, one bare, and finance above 20 % discount, then legal above 40 %. */
export const aCatalog: Catalog = defineCatalog({
  timeZone: "Europe/Berlin",
  features: {
    sso: { kind: "boolean", name: "Single sign-on" },
    seats: { kind: "seat", name: "Seats" },
    calls: { kind: "metered", name: "API calls", unit: "call" },
  },
  offerings: {
    "GTX-PRO": {
      name: "GTX Pro",
      skuClass: "pro",
      listPrices: { USD: "550.00" },
      billing: { subscription: "year" },
      entitlements: {
        sso: true,
        seats: { perQuantity: 1, graceDays: 14 },
        calls: { fixed: 100_000, reset: "month" },
      },
    },
    "GTX-BASIC": {
      name: "GTX Basic",
      skuClass: "basic",
      listPrices: { USD: "55.00" },
      billing: "invoice",
      entitlements: { seats: { perQuantity: 1 } },
    },
  },
  approvals: {
    finance: {
      name: "Finance",
      when: [{ fact: "discount-percent", above: 20 }],
      approvers: [{ group: "finance" }],
    },
    legal: {
      name: "Legal",
      step: 2,
      when: [{ fact: "discount-percent", above: 40 }],
      approvers: [{ user: "lee@seller.example" }],
    },
  },
});
