import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HeldAttachment, type HeldFeature, planFeatures } from "./plan-features.ts";

const aFeature = (lookupKey: string, change: Partial<HeldFeature> = {}): HeldFeature => ({
  id: `feat_${lookupKey}`,
  lookupKey,
  name: lookupKey,
  isOurs: true,
  ...change,
});
const on = (sku: string, feature: HeldFeature): HeldAttachment => ({
  id: `${sku}/${feature.lookupKey}`,
  sku,
  feature,
});
const sold = (sku: string, ...keys: readonly string[]) => ({
  sku,
  name: sku,
  features: keys.map((key) => ({ key, name: key })),
});

describe("planFeatures", () => {
  it("makes what is missing, adds it, and takes away what the catalog no longer gives", () => {
    const sso = aFeature("sso");
    const old = aFeature("old");
    const plan = planFeatures({
      products: [sold("PRO", "sso", "api")],
      features: [sso, old],
      attachments: [on("PRO", sso), on("PRO", old)],
    });
    expect(plan).toEqual({
      create: [{ key: "api", name: "api" }],
      rename: [],
      attach: [{ sku: "PRO", key: "api" }],
      detach: [on("PRO", old)],
    });
  });

  it("uses a feature that a person made under the same key, and never renames or removes theirs", () => {
    const theirs = aFeature("sso", { isOurs: false, name: "SSO (ours)" });
    const extra = aFeature("vip", { isOurs: false });
    const plan = planFeatures({
      products: [sold("PRO", "sso")],
      features: [theirs, extra],
      attachments: [on("PRO", extra)],
    });
    expect(plan).toEqual({
      create: [],
      rename: [],
      attach: [{ sku: "PRO", key: "sso" }],
      detach: [],
    });
  });

  it("refuses a key that Stripe cannot hold", () => {
    expect(() =>
      planFeatures({ products: [sold("PRO", "x".repeat(81))], features: [], attachments: [] }),
    ).toThrow(/80 characters/);
  });

  it("carried out, leaves nothing to do, whatever was there before", () => {
    const keys = fc.uniqueArray(fc.constantFrom<string>("a", "b", "c", "d", "e"));
    const products = fc.record({ X: keys, Y: keys });
    fc.assert(
      fc.property(products, products, keys, keys, (wanted, carried, known, theirs) => {
        const feature = (key: string) => aFeature(key, { isOurs: !theirs.includes(key) });
        const all = new Set([...known, ...carried.X, ...carried.Y]);
        const before = {
          features: [...all].map(feature),
          attachments: [
            ...carried.X.map((key) => on("X", feature(key))),
            ...carried.Y.map((key) => on("Y", feature(key))),
          ],
        };
        const list = [sold("X", ...wanted.X), sold("Y", ...wanted.Y)];
        const plan = planFeatures({ products: list, ...before });
        const after = {
          features: [...before.features, ...plan.create.map(({ key }) => aFeature(key))],
          attachments: [
            ...before.attachments.filter((one) => !plan.detach.includes(one)),
            ...plan.attach.map(({ sku, key }) => on(sku, feature(key))),
          ],
        };
        expect(planFeatures({ products: list, ...after })).toEqual({
          create: [],
          rename: [],
          attach: [],
          detach: [],
        });
      }),
    );
  });
});
