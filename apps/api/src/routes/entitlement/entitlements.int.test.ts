import { loadPublishedCatalog, publishCatalog } from "@usher/database";
import { diffCatalog, isEmptyCatalogDiff } from "@usher/entitlement-core/catalog";
import { limitOf } from "@usher/entitlement-core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, startApiRig } from "../../testing/api-rig.ts";
import { type GrantedCustomer, grantedCustomer } from "../../testing/granted-customer.ts";
import { aCatalog } from "../../testing/sample-catalog.ts";

let rig: ApiRig;
let customer: GrantedCustomer;
beforeAll(async () => {
  rig = await startApiRig();
  const catalog = aCatalog();
  await rig.inTenant((tx) =>
    publishCatalog(tx, {
      catalog: {
        ...catalog,
        offerings: catalog.offerings.map((offering) => ({
          ...offering,
          entitlements: offering.entitlements.map((one) =>
            one.kind === "metered" && offering.sku === "PRO"
              ? { ...one, rollover: { max: limitOf(400) } }
              : one,
          ),
        })),
      },
      publishedBy: "test",
    }),
  );
  customer = await grantedCustomer(rig, { quantity: 250 });
});
afterAll(() => rig.stop());

interface Listed {
  readonly feature: string;
  readonly is_active: boolean;
}
const rightsAt = async (reference: string, query = "") => {
  const { json } = await rig.get(`/v1/customers/${reference}/entitlements${query}`);
  return new Map((json.data as Listed[]).map((one) => [one.feature, one]));
};

describe("GET /v1/customers/{id}/entitlements", () => {
  it("answers the fold of each feature with the order line and revision it came from", async () => {
    const rights = await rightsAt(customer.customerId);
    expect([...rights.keys()].toSorted()).toEqual(["api_calls", "retention_days", "seats", "sso"]);
    const from = { order_id: customer.orderId, revision: 1, line_id: "1" };
    expect(rights.get("seats")).toMatchObject({
      is_active: true,
      limit: 250,
      rollover: "none",
      breakdown: [{ ...from, limit: 250 }],
    });
    expect(rights.get("api_calls")).toMatchObject({ limit: 1_000, reset: "month", rollover: 400 });
    expect(rights.get("retention_days")).toMatchObject({ value: 30, breakdown: [from] });
  });

  it("a feature that the next catalog leaves out stays with whoever holds it, and is nowhere on sale", async () => {
    const { externalId } = await grantedCustomer(rig, { quantity: 7 });
    const { features, offerings, ...rest } = aCatalog();
    const left = {
      ...rest,
      features: features.filter(({ key }) => key !== "seats"),
      offerings: offerings.map((one) => ({
        ...one,
        entitlements: one.entitlements.filter(({ feature }) => feature !== "seats"),
      })),
    };
    const publish = (catalog: Parameters<typeof publishCatalog>[1]["catalog"]) =>
      rig.inTenant((tx) => publishCatalog(tx, { catalog, publishedBy: "test" }));
    const before = await rig.inTenant((tx) => loadPublishedCatalog(tx));
    await publish(left);
    try {
      expect((await rightsAt(`ext:${externalId}`)).get("seats")).toMatchObject({ limit: 7 });
      const [now, past] = await Promise.all(
        [{}, { at: new Date().toISOString() }].map((when) =>
          rig.post("/v1/check", {
            body: { customer: `ext:${externalId}`, feature: "seats", amount: 7, ...when },
          }),
        ),
      );
      expect([now?.json.allowed, past?.json.allowed]).toEqual([true, true]);
      const shown = await rig.get("/v1/catalog");
      expect((shown.json.features as { key: string }[]).map(({ key }) => key)).not.toContain(
        "seats",
      );
      const published = await rig.inTenant((tx) => loadPublishedCatalog(tx));
      expect(isEmptyCatalogDiff(diffCatalog(published, left))).toBe(true);
      expect((await publish(left)).isNew).toBe(false);
    } finally {
      if (before !== null) await publish(before);
    }
    const again = await rig.inTenant((tx) => loadPublishedCatalog(tx));
    expect(again?.features).toEqual(before?.features);
  });

  it("adds up what several orders grant, and names each of them", async () => {
    const { externalId } = await grantedCustomer(rig, { quantity: 10 });
    await grantedCustomer(rig, { sku: "ADD-ON", quantity: 3, externalId });
    const calls = (await rightsAt(`ext:${externalId}`)).get("api_calls") as Listed & {
      readonly breakdown: readonly { readonly limit: number }[];
    };
    expect(calls).toMatchObject({ limit: 1_300 });
    expect(calls.breakdown.map(({ limit }) => limit)).toEqual([1_000, 300]);
  });

  it("answers any instant, past and future", async () => {
    const at = async (instant: string) =>
      (await rightsAt(customer.customerId, `?at=${instant}`)).get("sso")?.is_active;
    expect(await at("2020-01-01T00:00:00Z")).toBe(false);
    expect(await at(new Date(Date.now() + 60_000).toISOString())).toBe(true);
    expect(await at("2040-01-01T00:00:00Z")).toBe(false);
  });

  it("knows no customer that is not there, nor another tenant's", async () => {
    for (const reference of ["ext:nobody", "cus_01jd8e6q2mf8hr4wv2nq9x5t3c"]) {
      const answer = await rig.get(`/v1/customers/${reference}/entitlements`);
      expect(answer.status).toBe(404);
    }
    const { key } = rig.foreign;
    const foreign = await rig.get(`/v1/customers/${customer.customerId}/entitlements`, { key });
    expect(foreign.status).toBe(404);
  });
});
