import { expect, it } from "vitest";
import type { ApprovalStageRule } from "../approval/approval-policy.ts";
import { aCatalog } from "../testing/a-catalog.ts";
import type { Catalog } from "./catalog.ts";
import { checkCatalog } from "./check-catalog.ts";
import type { FeatureKey } from "./feature.ts";
import type { EntitlementTemplate, Offering, Sku } from "./offering.ts";

const [pro, basic] = aCatalog.offerings as readonly [Offering, Offering];
const [stage] = aCatalog.approvalPolicy.stages as readonly [ApprovalStageRule];
const seats = pro.entitlements.find(({ kind }) => kind === "seat") as EntitlementTemplate;

function sentencesFor(differing: Partial<Catalog>): readonly string[] {
  return checkCatalog({ ...aCatalog, ...differing }).map(({ sentence }) => sentence);
}

function withPro(differing: Partial<Offering>): Partial<Catalog> {
  return { offerings: [{ ...pro, ...differing }, basic] };
}

function withTemplate(template: object): Partial<Catalog> {
  return withPro({ entitlements: [{ ...seats, ...template } as EntitlementTemplate] });
}

function withStage(differing: Partial<ApprovalStageRule>): Partial<Catalog> {
  return { approvalPolicy: { stages: [{ ...stage, ...differing }] } };
}

it("a catalog without a contradiction has none told", () => {
  expect(checkCatalog(aCatalog)).toEqual([]);
});

it.each<[string, Partial<Catalog>, RegExp]>([
  ["unknown feature", withTemplate({ feature: "ghost" as FeatureKey }), /ghost is not defined/],
  [
    "kind mismatch",
    withTemplate({ kind: "boolean" }),
    /seats is seat and cannot be granted as boolean/,
  ],
  ["duplicate sku", { offerings: [pro, pro, basic] }, /GTX-PRO is defined more than once/],
  [
    "duplicate feature",
    { features: [...aCatalog.features, ...aCatalog.features.slice(0, 1)] },
    /sso is defined more than once/,
  ],
  [
    "a feature granted twice",
    withPro({ entitlements: [seats, seats] }),
    /grants feature seats more than once/,
  ],
  ["missing price", withPro({ listPrices: [] }), /has no list price/],
  [
    "two prices",
    withPro({ listPrices: [...pro.listPrices, ...pro.listPrices.slice(0, 1)] }),
    /more than one list price in USD/,
  ],
  [
    "empty allow list",
    withTemplate({ geo: { mode: "allow", countries: [] } }),
    /empty allow list admits nobody/,
  ],
  [
    "no country",
    withTemplate({ geo: { mode: "deny", countries: ["UK"] } }),
    /"UK" is no country code/,
  ],
  ["negative grace", withTemplate({ graceDays: -1 }), /Grace is -1 days/],
  [
    "limit of none",
    withTemplate({ amount: { basis: "fixed", limit: { kind: "none" } } }),
    /drop the entitlement/,
  ],
  [
    "alias to unknown sku",
    { aliases: [{ system: null, productCode: "X", sku: "Y" as Sku }] },
    /leads to sku Y, which is not offered/,
  ],
  [
    "alias shadowing a sku",
    { aliases: [{ system: null, productCode: "GTX-BASIC", sku: pro.sku }] },
    /has the code of an offering/,
  ],
  [
    "alias twice",
    { aliases: [...aCatalog.aliases, ...aCatalog.aliases] },
    /defined more than once/,
  ],
  [
    "default term of no length",
    withPro({ defaultTerm: { months: 0, startsOn: "close-date" } }),
    /default term of sku GTX-PRO is 0 months/,
  ],
  ["a stage never asked", withStage({ when: [] }), /would never be asked/],
  ["a stage of nobody", withStage({ approvers: [] }), /names nobody to ask/],
  [
    "a quorum out of reach",
    withStage({ quorum: { kind: "count", count: 2 } }),
    /nobody could ever settle it/,
  ],
  [
    "a discount of all",
    withStage({ when: [{ fact: "discount-percent", above: 100 }] }),
    /below 100 %/,
  ],
  [
    "a class of no offering",
    withStage({ when: [{ fact: "sku-class", isOneOf: ["ghost"] }] }),
    /No offering is of class ghost/,
  ],
  [
    "no country in a rule",
    withStage({ when: [{ fact: "country", isOneOf: [] }] }),
    /at least one country/,
  ],
  [
    "a stage twice",
    { approvalPolicy: { stages: [stage, stage] } },
    /finance is defined more than once/,
  ],
])("%s", (_what, differing, sentence) => {
  const sentences = sentencesFor(differing);
  expect(sentences.filter((one) => sentence.test(one))).toHaveLength(1);
});

it("contradictions of every part are told at once", () => {
  const sentences = sentencesFor({
    ...withPro({ listPrices: [] }),
    aliases: [{ system: null, productCode: "X", sku: "Y" as Sku }],
    ...withStage({ approvers: [] }),
  });
  expect(sentences).toHaveLength(3);
});
