import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, startApiRig } from "../../testing/api-rig.ts";
import { askedForApproval } from "../../testing/asked-for-approval.ts";
import { carryOrder } from "../../testing/carry-order.ts";
import { grantedCustomer } from "../../testing/granted-customer.ts";
import { anOrderRequest } from "../../testing/order-request.ts";

let rig: ApiRig;
beforeAll(async () => {
  rig = await startApiRig();
});
afterAll(() => rig.stop());

const key = (name: string) => ({ "Idempotency-Key": name });

describe("POST /v1/orders", () => {
  it("needs an Idempotency-Key", async () => {
    for (const headers of [{}, { "Idempotency-Key": "" }]) {
      const answer = await rig.post("/v1/orders", { body: anOrderRequest(), headers });
      expect(answer.json.code).toBe("missing_idempotency_key");
    }
    const spaced = await rig.post("/v1/orders", {
      body: anOrderRequest(),
      headers: key("two words"),
    });
    expect(spaced.json).toMatchObject({
      code: "invalid_request",
      errors: [{ pointer: "header:Idempotency-Key" }],
    });
  });

  it("refuses a used key with another body, whatever the order of fields in the same one", async () => {
    const body = anOrderRequest();
    await rig.post("/v1/orders", { body, headers: key("other-body") });
    const { lines, ...rest } = body;
    const reordered = await rig.post("/v1/orders", {
      body: { lines, ...rest },
      headers: key("other-body"),
    });
    const other = await rig.post("/v1/orders", {
      body: { ...body, name: "another" },
      headers: key("other-body"),
    });
    expect(reordered.headers.get("idempotency-replayed")).toBe("true");
    expect(other.json).toMatchObject({ code: "idempotency_key_reused", status: 422 });
  });

  it("lets exactly one of many at once through, and refuses or replays the others", async () => {
    const body = anOrderRequest();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => rig.post("/v1/orders", { body, headers: key("at-once") })),
    );
    const taken = answers.filter(
      (one) => one.status === 202 && one.headers.get("idempotency-replayed") === null,
    );
    expect(taken).toHaveLength(1);
    for (const other of answers.filter((one) => one !== taken[0])) {
      expect([202, 409]).toContain(other.status);
      if (other.status === 409) expect(other.json.code).toBe("idempotency_key_in_flight");
    }
    const orders = await rig.get(`/v1/orders?source_system=my-crm&source_id=${body.source.id}`);
    expect(orders.json.data).toHaveLength(1);
  });

  it("keeps no key of a refused request, so that it can be mended and sent again", async () => {
    const body = anOrderRequest();
    const refused = await rig.post("/v1/orders", {
      body: { ...body, currency: "usd" },
      headers: key("mended"),
    });
    const mended = await rig.post("/v1/orders", { body, headers: key("mended") });
    expect([refused.status, mended.status]).toEqual([400, 202]);
  });

  it("tells every fault of a request at once, each with its place and its fix", async () => {
    const body = anOrderRequest();
    const [line] = body.lines;
    const wrong = {
      ...body,
      kind: "gift",
      lines: [
        {
          ...line,
          quantity: 0,
          unit_price: { amount: 12.5 },
          term: { starts_on: "2026-02-30", months: 1.5 },
        },
      ],
    };
    const answer = await rig.post("/v1/orders", { body: wrong, headers: key("all-faults") });
    const places = answer.json.errors.map((one: { pointer: string }) => one.pointer);
    expect(places).toEqual(
      expect.arrayContaining([
        "/kind",
        "/lines/0/quantity",
        "/lines/0/unit_price/amount",
        "/lines/0/term/starts_on",
        "/lines/0/term/months",
      ]),
    );
  });

  it("takes a deal with an unknown product all the same: nothing that was sold is lost", async () => {
    const taken = await rig.post("/v1/orders", {
      body: anOrderRequest({ sku: "GTXPro" }),
      headers: key("unknown-product"),
    });
    expect(taken.status).toBe(202);
    await carryOrder(rig, { orderId: taken.json.id });
    const shown = await rig.get(`/v1/orders/${taken.json.id}`);
    expect(shown.json).toMatchObject({
      status: "Action needed",
      lines: [],
      problem: {
        code: "unknown_product",
        help: "/docs/errors/unknown_product",
        where: { field: expect.any(String) },
      },
    });
    expect(shown.json.problem.sentence).toContain("GTXPro");
  });
});

describe("GET /v1/orders", () => {
  it("walks all orders once, newest first, while new ones arrive", async () => {
    for (let made = 0; made < 5; made += 1)
      await rig.post("/v1/orders", { body: anOrderRequest(), headers: key(`walk-${made}`) });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await rig.get(`/v1/orders?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`);
      seen.push(...page.json.data.map((one: { id: string }) => one.id));
      expect(page.json.has_more).toBe(page.json.next_cursor !== null);
      if (cursor === null)
        await rig.post("/v1/orders", { body: anOrderRequest(), headers: key("walk-late") });
      cursor = page.json.next_cursor;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(seen.toSorted().toReversed());
  });

  it("filters by status, customer and deal", async () => {
    const { customerId, externalId, orderId } = await grantedCustomer(rig);
    for (const filter of [
      `customer=${customerId}`,
      `customer=ext:${externalId}`,
      `customer=${customerId}&status=Active`,
    ]) {
      expect(
        (await rig.get(`/v1/orders?${filter}`)).json.data.map((one: { id: string }) => one.id),
      ).toEqual([orderId]);
    }
    expect((await rig.get(`/v1/orders?customer=${customerId}&status=Rejected`)).json.data).toEqual(
      [],
    );
    expect((await rig.get("/v1/orders?customer=ext:nobody")).json.data).toEqual([]);
    const { source } = (await rig.get(`/v1/orders/${orderId}`)).json;
    expect(
      (await rig.get(`/v1/orders?source_id=${source.id}`)).json.data.map(
        (one: { id: string }) => one.id,
      ),
    ).toEqual([orderId]);
  });
});

describe("GET /v1/orders/{id}", () => {
  it("says who holds an order, since when and until when", async () => {
    const { orderId } = await askedForApproval(rig);
    const { json } = await rig.get(`/v1/orders/${orderId}`);
    expect(json.status).toBe("Awaiting approval");
    expect(json.waiting_on).toMatchObject({
      who: expect.stringContaining("Finance"),
      since: expect.stringMatching(/Z$/),
      due: expect.stringMatching(/Z$/),
    });
  });

  it("answers 304 while nothing changed, and another ETag once it has", async () => {
    const { orderId } = await askedForApproval(rig);
    const first = await rig.get(`/v1/orders/${orderId}`);
    const etag = first.headers.get("etag") ?? "";
    const again = await rig.get(`/v1/orders/${orderId}`, {
      headers: { "If-None-Match": `"other", ${etag}` },
    });
    expect([again.status, again.text]).toEqual([304, ""]);
    await rig.post(`/v1/orders/${orderId}/cancel`);
    const changed = await rig.get(`/v1/orders/${orderId}`, { headers: { "If-None-Match": etag } });
    expect(changed.status).toBe(200);
  });

  it("tells the timeline oldest first, in pages, with who caused what", async () => {
    const { orderId } = await askedForApproval(rig);
    const first = await rig.get(`/v1/orders/${orderId}/events?limit=1`);
    expect(first.json.data).toMatchObject([
      { sequence: 1, type: "order_received", actor: rig.tenant.people.seller.user.email },
    ]);
    const rest = await rig.get(`/v1/orders/${orderId}/events?cursor=${first.json.next_cursor}`);
    expect(rest.json.data.map((one: { type: string }) => one.type)).toEqual([
      "order_validated",
      "approval_requested",
    ]);
    const forged = Buffer.from("1:not-a-number").toString("base64url");
    expect((await rig.get(`/v1/orders/${orderId}/events?cursor=${forged}`)).status).toBe(400);
  });
});

describe("canceling and resuming", () => {
  it("records the cancelation, leaves a message for the run, and refuses a second one", async () => {
    const { orderId } = await askedForApproval(rig);
    const canceled = await rig.post(`/v1/orders/${orderId}/cancel`, {
      body: { reason: "Sold twice" },
    });
    expect(canceled.status).toBe(202);
    expect(canceled.json.status).toBe("Canceled");
    const messages = await rig.inTenant((tx) =>
      tx.db.selectFrom("outbox").select("topic").where("key", "=", orderId).execute(),
    );
    expect(messages.map((one) => one.topic)).toContain("order.cancel");
    const again = await rig.post(`/v1/orders/${orderId}/cancel`);
    expect(again.json).toMatchObject({ code: "order_not_cancelable", status: 409 });
  });

  it("does it only to the order that was looked at, when If-Match says which", async () => {
    const { orderId } = await askedForApproval(rig);
    const { headers } = await rig.get(`/v1/orders/${orderId}`);
    const stale = await rig.post(`/v1/orders/${orderId}/cancel`, {
      headers: { "If-Match": '"older"' },
    });
    expect(stale.json).toMatchObject({ code: "precondition_failed", status: 412 });
    const current = await rig.post(`/v1/orders/${orderId}/cancel`, {
      headers: { "If-Match": headers.get("etag") ?? "" },
    });
    expect(current.status).toBe(202);
  });

  it("resumes an order at Action needed and no other", async () => {
    const taken = await rig.post("/v1/orders", {
      body: anOrderRequest({ sku: "NEW-ONE" }),
      headers: key("resume"),
    });
    const early = await rig.post(`/v1/orders/${taken.json.id}/resume`);
    expect(early.json.code).toBe("order_not_resumable");
    await carryOrder(rig, { orderId: taken.json.id });
    const resumed = await rig.post(`/v1/orders/${taken.json.id}/resume`, {
      body: { because: "added it" },
    });
    expect(resumed.status).toBe(202);
    const events = await rig.get(`/v1/orders/${taken.json.id}/events`);
    expect(events.json.data.at(-1)).toMatchObject({
      type: "order_resumed",
      data: { because: "added it" },
    });
  });
});
