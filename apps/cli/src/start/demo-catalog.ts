import { defineCatalog } from "@usher/entitlement-core/catalog";

/** What the demo sells. A discount above 20 % is Finance's to decide; a long term also Legal's, at the same time. */
export const demoCatalog = defineCatalog({
  timeZone: "Europe/Berlin",
  features: {
    seats: { kind: "seat", name: "Seats" },
    sso: { kind: "boolean", name: "Single sign-on", failPolicy: "open" },
    api_calls: { kind: "metered", name: "API calls", unit: "call" },
    support: { kind: "config", name: "Support response, hours", combine: "min" },
    data_residency: { kind: "boolean", name: "Data residency in the European Union" },
  },
  offerings: {
    PRO: {
      name: "Pro",
      skuClass: "software",
      listPrices: { USD: "480.00", EUR: "450.00" },
      billing: { subscription: "year" },
      defaultTerm: { months: 12, startsOn: "close-date" },
      entitlements: {
        seats: { perQuantity: 1 },
        sso: true,
        api_calls: { perQuantity: 1_000, reset: "month", enforcement: "soft" },
        support: { value: 8 },
      },
    },
    "EU-DATA": {
      name: "Data residency",
      skuClass: "software",
      listPrices: { USD: "2400.00", EUR: "2250.00" },
      billing: "invoice",
      defaultTerm: { months: 12, startsOn: "close-date" },
      entitlements: {
        data_residency: {
          graceDays: 30,
          geo: { mode: "allow", countries: ["DE", "FR", "NL", "AT"] },
        },
      },
    },
  },
  approvals: {
    finance: {
      name: "Finance",
      when: [{ fact: "discount-percent", above: 20 }],
      approvers: [{ group: "finance" }],
      dueAfterHours: 48,
    },
    legal: {
      name: "Legal",
      when: [{ fact: "term-months", above: 36 }],
      approvers: [{ group: "legal" }],
      dueAfterHours: 72,
    },
  },
});
