import type { ApprovalStageRule } from "@usher/entitlement-core/approval";
import type { Catalog, FeatureKey, Sku } from "@usher/entitlement-core/catalog";
import type { Money, TimeZone } from "@usher/entitlement-core/kernel";

const usd = "USD" as Money["currency"];

/** One offering of two rights at 100.00 USD; finance is asked above 20 % discount. */
export function aCatalog(
  given: Partial<Catalog> & { readonly stage?: Partial<ApprovalStageRule> } = {},
): Catalog {
  const { stage, ...catalog } = given;
  return {
    timeZone: "UTC" as TimeZone,
    features: [
      { key: "sso" as FeatureKey, name: "Single sign-on", kind: "boolean", failPolicy: "open" },
      { key: "seats" as FeatureKey, name: "Seats", kind: "seat", failPolicy: "closed" },
    ],
    offerings: [
      {
        sku: "PRO" as Sku,
        name: "Pro",
        skuClass: "software",
        listPrices: [{ minor: 10_000, currency: usd }],
        billing: { kind: "subscription", interval: "month" },
        entitlements: [
          { feature: "sso" as FeatureKey, kind: "boolean", graceDays: 0, geo: null },
          {
            feature: "seats" as FeatureKey,
            kind: "seat",
            amount: { basis: "per-quantity", amount: 1 },
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
          ...stage,
        },
      ],
    },
    ...catalog,
  };
}
