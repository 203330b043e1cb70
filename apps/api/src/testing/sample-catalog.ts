import type { Catalog, FeatureKey, Sku } from "@usher/entitlement-core/catalog";
import type { Money, TimeZone } from "@usher/entitlement-core/kernel";

const usd = "USD" as Money["currency"];
const feature = (key: string) => key as FeatureKey;

/** Two offerings over all four kinds of feature, and finance asked above 20 % discount. */
export function aCatalog(): Catalog {
  return {
    timeZone: "Europe/Berlin" as TimeZone,
    features: [
      { key: feature("sso"), name: "Single sign-on", kind: "boolean", failPolicy: "open" },
      {
        key: feature("retention_days"),
        name: "Retention",
        kind: "config",
        combine: "max",
        failPolicy: "closed",
      },
      {
        key: feature("api_calls"),
        name: "API calls",
        kind: "metered",
        unit: "call",
        failPolicy: "open",
      },
      { key: feature("seats"), name: "Seats", kind: "seat", failPolicy: "closed" },
    ],
    offerings: [
      {
        sku: "PRO" as Sku,
        name: "Pro",
        skuClass: "software",
        listPrices: [{ minor: 10_000, currency: usd }],
        billing: { kind: "subscription", interval: "month" },
        entitlements: [
          { feature: feature("sso"), kind: "boolean", graceDays: 7, geo: null },
          {
            feature: feature("retention_days"),
            kind: "config",
            value: 30,
            graceDays: 0,
            geo: null,
          },
          {
            feature: feature("api_calls"),
            kind: "metered",
            amount: { basis: "fixed", limit: { kind: "limited", amount: 1_000 } },
            reset: "month",
            rollover: null,
            enforcement: "hard",
            graceDays: 0,
            geo: null,
          },
          {
            feature: feature("seats"),
            kind: "seat",
            amount: { basis: "per-quantity", amount: 1 },
            enforcement: "hard",
            graceDays: 0,
            geo: null,
          },
        ],
      },
      {
        sku: "ADD-ON" as Sku,
        name: "Add-on",
        skuClass: "software",
        listPrices: [{ minor: 5_000, currency: usd }],
        billing: { kind: "invoice" },
        entitlements: [
          {
            feature: feature("api_calls"),
            kind: "metered",
            amount: { basis: "per-quantity", amount: 100 },
            reset: "month",
            rollover: null,
            enforcement: "hard",
            graceDays: 0,
            geo: null,
          },
        ],
      },
    ],
    aliases: [],
    approvalPolicy: {
      stages: [
        {
          key: "finance",
          name: "Finance",
          when: [{ fact: "discount-percent", above: 20 }],
          approvers: [{ group: "finance" }],
          quorum: { kind: "any" },
          step: 1,
          dueAfterHours: 48,
          whenSilent: "park",
        },
      ],
    },
  };
}
