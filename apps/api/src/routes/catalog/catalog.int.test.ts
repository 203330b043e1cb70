import { toWireCatalog } from "@usher/api-contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, startApiRig } from "../../testing/api-rig.ts";
import { carryOrder } from "../../testing/carry-order.ts";
import { grantedCustomer } from "../../testing/granted-customer.ts";
import { anOrderRequest } from "../../testing/order-request.ts";
import { aCatalog } from "../../testing/sample-catalog.ts";

let rig: ApiRig;
beforeAll(async () => {
  rig = await startApiRig();
});
afterAll(() => rig.stop());

const wire = () => structuredClone(toWireCatalog(aCatalog()));

describe("the catalog", () => {
  it("is shown as published, by whom and when", async () => {
    const { json, headers } = await rig.get("/v1/catalog");
    expect(json).toMatchObject({
      version: 1,
      published_by: "test",
      offerings: [
        { sku: "PRO", version: 1 },
        { sku: "ADD-ON", version: 1 },
      ],
    });
    expect(
      (await rig.get("/v1/catalog", { headers: { "If-None-Match": headers.get("etag") ?? "" } }))
        .status,
    ).toBe(304);
  });

  it("names the customers that a change would touch, before anything is published", async () => {
    const { orderId } = await grantedCustomer(rig);
    const { name } = (await rig.get(`/v1/orders/${orderId}`)).json.customer;
    expect((await rig.post("/v1/catalog/diff", { body: wire() })).json).toMatchObject({
      is_empty: true,
      changes: [],
      customers_touched: { count: 0 },
    });
    const changed = wire();
    const [pro] = changed.offerings;
    if (pro !== undefined) pro.name = "Pro 2";
    const diff = await rig.post("/v1/catalog/diff", { body: changed });
    expect(diff.json).toMatchObject({
      is_empty: false,
      changes: [
        {
          subject: "offering",
          key: "PRO",
          change: "changed",
          before: { name: "Pro" },
          after: { name: "Pro 2" },
        },
      ],
      customers_touched: { count: 1, names: [name] },
    });
    expect((await rig.get("/v1/catalog")).json.version).toBe(1);
  });

  it("publishes a version of what changed and keeps the rest; If-Match guards against another's", async () => {
    const changed = wire();
    const [pro] = changed.offerings;
    if (pro !== undefined) pro.name = "Pro 3";
    const etag = (await rig.get("/v1/catalog")).headers.get("etag") ?? "";
    const published = await rig.post("/v1/catalog", {
      body: changed,
      headers: { "If-Match": etag },
    });
    expect(published.status).toBe(201);
    expect(published.json).toMatchObject({
      version: 2,
      offerings: [
        { sku: "PRO", version: 2 },
        { sku: "ADD-ON", version: 1 },
      ],
    });
    const late = await rig.post("/v1/catalog", { body: wire(), headers: { "If-Match": etag } });
    expect(late.json.code).toBe("precondition_failed");
  });

  it("refuses a catalog that contradicts itself, with every contradiction", async () => {
    const broken = wire();
    broken.time_zone = "Europe/Nowhere";
    broken.aliases.push({ system: null, product_code: "X", sku: "NO-SUCH-SKU" });
    const answer = await rig.post("/v1/catalog", { body: broken });
    expect(answer.json).toMatchObject({ status: 400, code: "catalog_invalid" });
    expect(answer.json.errors).toHaveLength(2);
  });
});

describe("an alias", () => {
  it("wakes the orders that wait for it, and is listed", async () => {
    const ids: string[] = [];
    for (let made = 0; made < 3; made += 1) {
      const taken = await rig.post("/v1/orders", {
        body: anOrderRequest({ sku: "GTXPro" }),
        headers: { "Idempotency-Key": `alias-${made}` },
      });
      await carryOrder(rig, { orderId: taken.json.id });
      ids.push(taken.json.id);
    }
    const added = await rig.post("/v1/catalog/aliases", {
      body: { system: null, product_code: "GTXPro", sku: "PRO" },
    });
    expect(added.status).toBe(201);
    expect(added.json).toMatchObject({
      orders_woken: 3,
      alias: { product_code: "GTXPro", sku: "PRO" },
    });
    const wakes = await rig.inTenant((tx) =>
      tx.db
        .selectFrom("outbox")
        .select("key")
        .where("topic", "=", "order.wake")
        .where("key", "in", ids)
        .execute(),
    );
    expect(wakes).toHaveLength(3);
    for (const orderId of ids) {
      await carryOrder(rig, { orderId: orderId as never });
      expect((await rig.get(`/v1/orders/${orderId}`)).json.status).toBe("Active");
    }
    expect((await rig.get("/v1/catalog/aliases")).json.data).toEqual([
      { system: null, product_code: "GTXPro", sku: "PRO" },
    ]);
  });

  it("to a sku that is not offered is refused", async () => {
    const answer = await rig.post("/v1/catalog/aliases", {
      body: { system: null, product_code: "Y", sku: "NO-SUCH-SKU" },
    });
    expect(answer.json.code).toBe("catalog_invalid");
  });
});
