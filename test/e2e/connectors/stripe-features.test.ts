import type { FeatureChanges } from "@usher/connector-sdk/spec";
import { aCallContext, outcomeOf } from "@usher/connector-sdk/testing";
import { describe, expect, it } from "vitest";
import { aLine, anOrder, aWorld } from "./stripe-world.ts";

async function aFeatureWorld() {
  const world = await aWorld({ keepFeatures: true });
  const keep = (
    products: Readonly<Record<string, readonly string[]>>,
    names: Readonly<Record<string, string>> = {},
    by = world.connect(),
  ): Promise<FeatureChanges> => {
    if (by.keepFeatures === undefined) throw new Error("the connection keeps features");
    const sold = Object.entries(products).map(([sku, keys]) => ({
      sku,
      name: sku,
      features: keys.map((key) => ({ key, name: names[key] ?? key })),
    }));
    return by.keepFeatures({ products: sold }, aCallContext());
  };
  const carried = async (product: string) =>
    (await world.stripe.products.listFeatures(product, { limit: 100 })).data
      .map((one) => one.entitlement_feature.lookup_key)
      .sort();
  const writes = () => world.proxy.requests.filter(({ method }) => method !== "GET");
  return { ...world, keep, carried, writes };
}

describe("Stripe's features", () => {
  it("follow the catalog by lookup key: made, added to each product, and taken away again", async () => {
    const { keep, carried, stripe } = await aFeatureWorld();
    expect(await keep({ PRO: ["sso", "api"], BASIC: ["api"] })).toEqual({
      features: ["sso", "api"],
      attached: ["PRO sso", "PRO api", "BASIC api"],
      detached: [],
    });
    expect(await carried("usher_PRO")).toEqual(["api", "sso"]);
    expect(await keep({ PRO: ["api"], BASIC: ["api", "sso"] })).toEqual({
      features: [],
      attached: ["BASIC sso"],
      detached: ["PRO sso"],
    });
    expect([await carried("usher_PRO"), await carried("usher_BASIC")]).toEqual([
      ["api"],
      ["api", "sso"],
    ]);
    expect((await stripe.entitlements.features.list({})).data).toHaveLength(2);
  });

  it("are not written when nothing differs, by a process that knows nothing either", async () => {
    const { keep, writes, proxy } = await aFeatureWorld();
    await keep({ PRO: ["sso"] });
    proxy.calm();
    expect(await keep({ PRO: ["sso"] })).toEqual({ features: [], attached: [], detached: [] });
    expect(writes()).toEqual([]);
  });

  it("come back within the day that they were taken away: no key replays their first coming", async () => {
    const { keep, carried } = await aFeatureWorld();
    for (const keys of [["sso"], [], ["sso"], [], ["sso"]]) await keep({ PRO: keys });
    expect(await carried("usher_PRO")).toEqual(["sso"]);
  });

  it("of a product that orders made are put on that product", async () => {
    const { keep, bill, carried, stripe } = await aFeatureWorld();
    await bill(anOrder({ lines: [aLine({ sku: "GTX-PRO" })] }));
    await keep({ "GTX-PRO": ["sso"] });
    expect(await carried("usher_GTX-PRO")).toEqual(["sso"]);
    expect((await stripe.products.list({ limit: 10 })).data).toHaveLength(1);
  });

  it("that people made are used, and neither renamed nor removed", async () => {
    const { keep, carried, stripe } = await aFeatureWorld();
    await keep({ PRO: [] });
    const sso = await stripe.entitlements.features.create({ lookup_key: "sso", name: "Theirs" });
    const vip = await stripe.entitlements.features.create({ lookup_key: "vip", name: "Vip" });
    await stripe.products.createFeature("usher_PRO", { entitlement_feature: vip.id });
    await keep({ PRO: ["sso"] }, { sso: "Single sign-on" });
    expect(await carried("usher_PRO")).toEqual(["sso", "vip"]);
    expect((await stripe.entitlements.features.retrieve(sso.id)).name).toBe("Theirs");
  });

  it("take a new name from the catalog", async () => {
    const { keep, stripe } = await aFeatureWorld();
    await keep({ PRO: ["sso"] });
    expect(await keep({ PRO: ["sso"] }, { sso: "Single sign-on" })).toMatchObject({
      features: ["sso"],
    });
    const { data } = await stripe.entitlements.features.list({ lookup_key: "sso" });
    expect(data.map(({ name }) => name)).toEqual(["Single sign-on"]);
  });

  it.each(["/v1/entitlements/features", "/features"])(
    "cut off after any write to %s are finished by the next attempt, none twice",
    async (end) => {
      const { keep, carried, proxy, stripe } = await aFeatureWorld();
      proxy.strike({
        when: ({ method, path }) => method === "POST" && path.endsWith(end),
        fault: { kind: "reset-after-commit" },
        times: 1,
      });
      expect((await outcomeOf(keep({ PRO: ["sso", "api"] }))).category).toBe("outcome_unknown");
      await keep({ PRO: ["sso", "api"] });
      expect(await carried("usher_PRO")).toEqual(["api", "sso"]);
      expect((await stripe.entitlements.features.list({})).data).toHaveLength(2);
    },
  );

  it("are none of a connection's business unless it says so", async () => {
    const { billing } = await aWorld();
    expect(billing.keepFeatures).toBeUndefined();
  });
});
