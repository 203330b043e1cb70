import { describe, expect, it } from "vitest";
import { aCatalog, published } from "../testing/a-catalog.ts";
import type { Catalog } from "./catalog.ts";
import { catalogDiffLines } from "./catalog-diff-lines.ts";
import {
  diffCatalog,
  isEmptyCatalogDiff,
  newlyKnownProductCodes,
  touchedSkus,
} from "./diff-catalog.ts";
import type { Offering } from "./offering.ts";
import { versionOffering } from "./version-offering.ts";

const [pro, basic] = aCatalog.offerings as readonly [Offering, Offering];
const dearerPro: Offering = {
  ...pro,
  listPrices: pro.listPrices.map((price) =>
    price.currency === "USD" ? { ...price, minor: 60_000 } : price,
  ),
  entitlements: pro.entitlements.filter(({ feature }) => feature !== "sso"),
};
const [publishedPro] = published().offerings;

it("publishing the same file again changes nothing", () => {
  expect(isEmptyCatalogDiff(diffCatalog(published(), aCatalog))).toBe(true);
});

it("tells each change before and after, and what stays out of the list is the same", () => {
  const next: Catalog = {
    ...aCatalog,
    offerings: [dearerPro],
    aliases: [{ system: "salesforce", productCode: "GTXPro", sku: pro.sku }],
  };
  const diff = diffCatalog(published(), next);
  expect(catalogDiffLines(diff)).toEqual([
    "~ offering GTX-PRO: version 1 → 2",
    "    list price: 550.00 USD → 600.00 USD",
    "    sso: yes → nothing",
    "- offering GTX-BASIC: no longer sold; running orders keep version 1",
    "+ alias salesforce:GTXPro → GTX-PRO",
    "- alias salesforce:PRO-OLD",
  ]);
  expect(newlyKnownProductCodes(diff)).toEqual(["GTXPro"]);
  expect(touchedSkus(diff)).toEqual([pro.sku, basic.sku]);
});

it("tells of a changed feature and a changed approval stage what is another now", () => {
  const [stage] = aCatalog.approvalPolicy.stages;
  const metered = aCatalog.features.find(({ kind }) => kind === "metered");
  if (stage === undefined || metered === undefined) throw new Error("nothing to change");
  const diff = diffCatalog(published(), {
    ...aCatalog,
    features: aCatalog.features.map((one) =>
      one === metered ? { ...one, name: "Requests", failPolicy: "open" } : one,
    ),
    approvalPolicy: {
      stages: aCatalog.approvalPolicy.stages.map((one) =>
        one === stage
          ? {
              ...one,
              when: [
                { fact: "discount-percent", above: 30 },
                { fact: "total-value", aboveMinor: 5_000_000, currency: "USD" },
                { fact: "country", isNotOneOf: ["DE", "FR"] },
              ],
              quorum: { kind: "count", count: 2 },
              whenSilent: "deny",
            }
          : one,
      ),
    },
  });
  const lines = catalogDiffLines(diff);
  expect(lines).toContain(`~ feature ${metered.key}`);
  expect(lines).toContain(`    name: ${metered.name} → Requests`);
  expect(lines).toContain(`~ approval stage ${stage.key}`);
  expect(lines.find((line) => line.startsWith("    asked when: "))).toMatch(
    /→ discount above 30 %, or value above 50,000\.00 USD, or country is not DE nor FR$/,
  );
  expect(lines).toContain("    needs a yes of: any one → 2");
  expect(lines).toContain("    when nobody answers: parked → rejected");
  expect(lines.some((line) => line.includes("approvers:"))).toBe(false);
});

it("without a published catalog everything is new", () => {
  const diff = diffCatalog(null, aCatalog);
  expect(diff.offerings.map(({ kind }) => kind)).toEqual(["new", "new"]);
  expect(newlyKnownProductCodes(diff)).toEqual(["GTX-PRO", "GTX-BASIC", "PRO-OLD"]);
});

describe("versionOffering", () => {
  it("the first version is 1", () => {
    expect(versionOffering({ published: null, next: pro })).toMatchObject({
      isNew: true,
      version: 1,
    });
  });

  it("the same content is the same version, in whatever order its keys are written", () => {
    if (publishedPro === undefined) throw new Error("nothing published");
    const reordered = Object.fromEntries(Object.entries(pro).toReversed()) as unknown as Offering;
    expect(versionOffering({ published: publishedPro, next: reordered })).toMatchObject({
      isNew: false,
      version: 1,
    });
  });

  it("any change of content is a new version", () => {
    if (publishedPro === undefined) throw new Error("nothing published");
    expect(versionOffering({ published: publishedPro, next: dearerPro })).toMatchObject({
      isNew: true,
      version: 2,
    });
  });
});
