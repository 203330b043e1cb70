import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, startApiRig } from "../../../testing/api-rig.ts";
import { anOrderRequest } from "../../../testing/order-request.ts";

let rig: ApiRig;
beforeAll(async () => {
  rig = await startApiRig();
});
afterAll(() => rig.stop());

describe("POST /v1/orders", () => {
  it("takes an order with 202 and shows it at its Location", async () => {
    const body = anOrderRequest();
    const taken = await rig.post("/v1/orders", { body, headers: { "Idempotency-Key": "k-1" } });
    expect(taken.json).toMatchObject({
      kind: "new",
      status: "Received",
      source: body.source,
      customer: { external_id: body.customer.external_id, name: body.customer.name },
      currency: "USD",
      revision: 1,
      problem: null,
      lines: [
        {
          line_id: "1",
          sku: "PRO",
          quantity: 250,
          unit_price: { amount: "100.00", currency: "USD" },
        },
      ],
      total: { amount: "25000.00", currency: "USD" },
    });
    expect(taken.status).toBe(202);
    const shown = await rig.get(taken.headers.get("location") ?? "");
    expect(shown.json).toEqual(taken.json);
  });

  it("answers the same key and body with the first answer, marked as a replay", async () => {
    const body = anOrderRequest();
    const headers = { "Idempotency-Key": "k-2" };
    const first = await rig.post("/v1/orders", { body, headers });
    const second = await rig.post("/v1/orders", { body, headers });
    expect(second.status).toBe(202);
    expect(second.text).toBe(first.text);
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    expect(second.headers.get("idempotency-replayed")).toBe("true");
  });

  it("makes one order and one revision of two announcements of one deal version", async () => {
    const body = anOrderRequest();
    const first = await rig.post("/v1/orders", { body, headers: { "Idempotency-Key": "k-3a" } });
    const second = await rig.post("/v1/orders", { body, headers: { "Idempotency-Key": "k-3b" } });
    expect(second.json.id).toBe(first.json.id);
    expect(second.json.revision).toBe(1);
  });

  it("refuses other content under a version that was taken before, and takes the same written otherwise", async () => {
    const body = anOrderRequest();
    const first = await rig.post("/v1/orders", { body, headers: { "Idempotency-Key": "k-3c" } });
    const [line] = body.lines;
    const changed = { ...body, lines: [{ ...line, quantity: 300 }] };
    const refused = await rig.post("/v1/orders", {
      body: changed,
      headers: { "Idempotency-Key": "k-3d" },
    });
    expect(refused.json).toMatchObject({ status: 409, code: "order_version_conflict" });
    expect(refused.json.detail).toContain("Send a new source.version");
    const written = { ...body, lines: [{ ...line, unit_price: { amount: "100" } }] };
    const again = await rig.post("/v1/orders", {
      body: written,
      headers: { "Idempotency-Key": "k-3e" },
    });
    expect(again.json).toMatchObject({ id: first.json.id, revision: 1 });
    expect(again.status).toBe(202);
  });

  it("makes a new revision of a newer version of the deal", async () => {
    const body = anOrderRequest();
    const first = await rig.post("/v1/orders", { body, headers: { "Idempotency-Key": "k-4a" } });
    const [line] = body.lines;
    const newer = {
      ...body,
      source: { ...body.source, version: "2" },
      lines: [{ ...line, quantity: 300 }],
    };
    const second = await rig.post("/v1/orders", {
      body: newer,
      headers: { "Idempotency-Key": "k-4b" },
    });
    expect(second.json).toMatchObject({
      id: first.json.id,
      revision: 2,
      lines: [{ quantity: 300 }],
    });
    expect(second.json.revision_hash).not.toBe(first.json.revision_hash);
  });

  it("keeps the caller's trace on the order and hands it back", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const taken = await rig.post("/v1/orders", {
      body: anOrderRequest(),
      headers: { "Idempotency-Key": "k-5", traceparent },
    });
    expect(taken.headers.get("traceparent")).toContain("0af7651916cd43dd8448eb211c80319c");
    const kept = await rig.inTenant((tx) =>
      tx.db
        .selectFrom("orders")
        .select("traceparent")
        .where("id", "=", taken.json.id)
        .executeTakeFirstOrThrow(),
    );
    expect(kept.traceparent).toContain("0af7651916cd43dd8448eb211c80319c");
  });

  it("leaves an outbox message, so that the run starts although Temporal is away", async () => {
    const taken = await rig.post("/v1/orders", {
      body: anOrderRequest(),
      headers: { "Idempotency-Key": "k-6" },
    });
    const messages = await rig.inTenant((tx) =>
      tx.db.selectFrom("outbox").selectAll().where("key", "=", taken.json.id).execute(),
    );
    expect(messages).toMatchObject([{ topic: "order.start", published_at: null }]);
  });
});
