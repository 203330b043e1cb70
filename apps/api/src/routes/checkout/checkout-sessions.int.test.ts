import type {
  CheckoutPage,
  CheckoutRequest,
  ConnectorDefinition,
  ConnectorErrorCategory,
} from "@usher/connector-sdk/spec";
import { ConnectorError } from "@usher/connector-sdk/spec";
import { publishCatalog, recordCheckoutStatus } from "@usher/database";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { keyOf, startApiRig } from "../../testing/api-rig.ts";
import { aCatalog } from "../../testing/sample-catalog.ts";
import { signedConnector } from "../../testing/signed-connector.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A hub whose billing system opens pages, or refuses to as `refusal` says. */
async function aHub({ pages = true } = {}) {
  const asked: CheckoutRequest[] = [];
  const billing = {
    refusal: null as ConnectorErrorCategory | null,
    /** Opens the page, and the answer is lost. */
    losesAnswer: false,
  };
  const startCheckout = async (request: CheckoutRequest): Promise<CheckoutPage> => {
    if (billing.refusal !== null) throw refusal(billing.refusal);
    asked.push(request);
    if (billing.losesAnswer) throw refusal("outcome_unknown");
    const recordId = `page_${request.order.orderId}`;
    return {
      recordId,
      remoteCustomerId: "customer_1",
      url: `https://billing.example/${recordId}`,
      expiresAtMs: Date.parse("2030-01-01T00:00:00Z"),
    };
  };
  const definition: ConnectorDefinition = {
    manifest: {
      ...signedConnector.manifest,
      id: "pages",
      kinds: ["billing"],
      configSchema: z.unknown(),
    },
    connect: () => ({
      crm: null,
      billing: (pages ? { startCheckout } : {}) as never,
      webhooks: null,
      close: async () => undefined,
    }),
  };
  const rig = await startApiRig({ connectors: new Map([["pages", definition]]) });
  stops.push(() => rig.stop());
  const connect = () =>
    rig.post("/v1/connections", { body: { vendor: "pages", name: "Pages", kinds: ["billing"] } });
  const open = (body: object = {}, { idempotencyKey = "one", key = rig.tenant.key } = {}) =>
    rig.post("/v1/checkout_sessions", {
      key,
      headers: { "Idempotency-Key": idempotencyKey },
      body: { ...aCheckout, ...body },
    });
  return { rig, billing, asked, connect, open };
}

const aCheckout = {
  customer: { external_id: "001ACME", name: "Acme GmbH", country: "DE" },
  currency: "USD",
  lines: [{ sku: "PRO", quantity: 3, term: { starts_on: "2026-12-01", months: 12 } }],
  success_url: "https://seller.example/ok",
  cancel_url: "https://seller.example/no",
};

function refusal(category: ConnectorErrorCategory): ConnectorError {
  const nothing = { vendorCode: null, vendorRequestId: null, retryAfterMs: null, where: null };
  return new ConnectorError({ ...nothing, category, message: `Pages says ${category}.` });
}

describe("a checkout session", () => {
  it("is the catalog's price on the billing system's page, and no order yet", async () => {
    const { rig, connect, open, asked } = await aHub();
    await connect();
    const opened = await open();
    expect(opened.status).toBe(201);
    expect(opened.json).toMatchObject({
      status: "open",
      order_id: null,
      url: expect.stringMatching(/^https:\/\/billing\.example\/page_ord_/),
      total: { amount: "300.00", currency: "USD" },
      lines: [{ sku: "PRO", quantity: 3, unit_price: { amount: "100.00" } }],
    });
    expect(asked[0]).toMatchObject({
      successUrl: aCheckout.success_url,
      order: { revision: 1, currency: "USD", lines: [{ unitAmountMinor: 10_000, quantity: 3 }] },
    });
    const shown = await rig.get(opened.headers.get("location") ?? "");
    expect(shown.json).toEqual(opened.json);
    expect((await rig.get("/v1/orders")).json.data).toEqual([]);
  });

  it.each(["lost answer", "transient", "rate_limited"] as const)(
    "that was not opened for sure (%s) is the same session when it is asked for again",
    async (hindrance) => {
      const { connect, open, asked, billing } = await aHub();
      await connect();
      if (hindrance === "lost answer") billing.losesAnswer = true;
      else billing.refusal = hindrance;
      const first = await open();
      expect(first).toMatchObject({ status: 503, json: { code: "vendor_unreachable" } });
      expect(Number(first.headers.get("retry-after"))).toBeGreaterThan(0);
      billing.losesAnswer = false;
      billing.refusal = null;
      expect(await open()).toMatchObject({ status: 201, json: { status: "open" } });
      expect(new Set(asked.map(({ order }) => order.orderId)).size).toBe(1);
    },
  );

  it("is one for one key at once, and another for another", async () => {
    const { connect, open } = await aHub();
    await connect();
    const answers = await Promise.all(Array.from({ length: 5 }, () => open()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
    const other = await open({}, { idempotencyKey: "two" });
    expect(other.json.id).not.toBe(answers[0]?.json.id);
    const reused = await open({ currency: "EUR" });
    expect(reused).toMatchObject({ status: 422, json: { code: "idempotency_key_reused" } });
  });

  it("is refused where somebody would have to approve it: the page takes the money first", async () => {
    const { rig, connect, open, asked } = await aHub();
    await connect();
    const sold = aCatalog();
    const stages = sold.approvalPolicy.stages.map((stage) => ({
      ...stage,
      when: [{ fact: "always" as const }],
    }));
    await rig.inTenant((tx) =>
      publishCatalog(tx, {
        catalog: { ...sold, approvalPolicy: { stages } },
        publishedBy: "test",
      }),
    );
    const refused = await open();
    expect(refused).toMatchObject({ status: 422, json: { code: "checkout_refused" } });
    expect(refused.json.detail).toContain("Finance");
    expect(asked).toEqual([]);
  });

  it("is refused in the billing system's words where its page cannot hold the lines", async () => {
    const { connect, open, billing } = await aHub();
    await connect();
    billing.refusal = "validation";
    expect(await open()).toMatchObject({
      status: 422,
      json: { code: "checkout_refused", detail: "Pages says validation." },
    });
  });

  it("names every line that has no list price, and no term", async () => {
    const { connect, open } = await aHub();
    await connect();
    const refused = await open({
      lines: [
        { sku: "PRO", quantity: 1 },
        { sku: "NONESUCH", quantity: 1, term: { months: 12 } },
      ],
    });
    expect(refused.json.errors).toMatchObject([
      { pointer: "/lines/0/term/months", code: "missing_term" },
      { pointer: "/lines/1/sku", code: "unknown_product" },
    ]);
  });

  it.each([
    ["is over", "2020-01-01"],
    ["is too far ahead for a token", "2099-01-01"],
  ])("takes no money for a term that %s", async (_, starts_on) => {
    const { connect, open, asked } = await aHub();
    await connect();
    const refused = await open({
      lines: [{ sku: "PRO", quantity: 1, term: { starts_on, months: 12 } }],
    });
    expect(refused).toMatchObject({
      status: 422,
      json: {
        code: "checkout_refused",
        errors: [{ pointer: "/lines/0/term/starts_on", code: "invalid_term" }],
      },
    });
    expect(asked).toEqual([]);
  });

  it.each([{ connected: false }, { connected: true }])(
    "is not offered without a billing system that opens pages: %j",
    async ({ connected }) => {
      const { connect, open } = await aHub({ pages: false });
      if (connected) await connect();
      expect(await open()).toMatchObject({ status: 409, json: { code: "checkout_not_offered" } });
    },
  );

  it("refuses a return address that is no page of the web", async () => {
    const { open } = await aHub();
    for (const success_url of ["javascript:alert(1)", "/ok", "ftp://seller.example"]) {
      expect(await open({ success_url })).toMatchObject({ status: 400 });
    }
  });

  it("needs a key that may do this and nothing more", async () => {
    const { rig, connect, open } = await aHub();
    await connect();
    const [mayOpen, mayNot] = await rig.inTenant(async (tx) => [
      await keyOf(tx, { name: "shop", scopes: ["checkout_sessions:write"] }),
      await keyOf(tx, { name: "other", scopes: ["orders:write", "checkout_sessions:read"] }),
    ]);
    expect((await open({}, { key: mayNot ?? "" })).status).toBe(403);
    expect((await open({}, { key: mayOpen ?? "" })).status).toBe(201);
  });
});

describe("the list of checkout sessions", () => {
  const idsOf = ({ json }: { readonly json: { readonly data: readonly { id: string }[] } }) =>
    json.data.map(({ id }) => id);

  it("shows every session once, newest first, page by page, as each is shown by itself", async () => {
    const { rig, connect, open } = await aHub();
    await connect();
    const opened: string[] = [];
    for (const idempotencyKey of ["a", "b", "c", "d", "e"])
      opened.unshift((await open({}, { idempotencyKey })).json.id);
    const shown: string[] = [];
    for (let cursor: string | null = null, pages = 1; ; pages += 1) {
      const page = await rig.get(
        `/v1/checkout_sessions?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`,
      );
      expect(page.status).toBe(200);
      shown.push(...idsOf(page));
      expect(page.json.has_more).toBe(pages < 3);
      cursor = page.json.next_cursor;
      if (cursor === null) break;
    }
    expect(shown).toEqual(opened);
    const [newest] = (await rig.get("/v1/checkout_sessions?limit=1")).json.data;
    expect((await rig.get(`/v1/checkout_sessions/${newest.id}`)).json).toEqual(newest);
  });

  it("shows those of a status; one that was not opened for sure is open", async () => {
    const { rig, billing, connect, open } = await aHub();
    await connect();
    const paid = await open({}, { idempotencyKey: "paid" });
    await rig.inTenant((tx) =>
      recordCheckoutStatus(tx, { id: paid.json.id, remoteId: "page", status: "completed" }),
    );
    billing.losesAnswer = true;
    await open({}, { idempotencyKey: "lost" });
    const withStatus = async (status: string) =>
      (await rig.get(`/v1/checkout_sessions?status=${status}`)).json.data;
    expect(await withStatus("completed")).toMatchObject([
      { id: paid.json.id, status: "completed", url: null, order_id: expect.any(String) },
    ]);
    expect(await withStatus("open")).toMatchObject([{ status: "open", order_id: null }]);
    expect(await withStatus("expired")).toEqual([]);
  });

  it.each([
    ["a status that is none", "status=opening", "invalid_request"],
    ["a place in a list that no list gave", "cursor=nonsense", "invalid_request"],
    ["a limit beyond the largest", "limit=100000", "invalid_request"],
    ["what it does not know", "customer=acme", "invalid_request"],
  ])("refuses %s", async (_, query, code) => {
    const { rig } = await aHub();
    const refused = await rig.get(`/v1/checkout_sessions?${query}`);
    expect(refused).toMatchObject({ status: 400, json: { code } });
  });

  it("needs a key that may look, and shows no other tenant's", async () => {
    const { rig, connect, open } = await aHub();
    await connect();
    await open();
    const [mayLook, mayNot] = await rig.inTenant(async (tx) => [
      await keyOf(tx, { name: "reports", scopes: ["checkout_sessions:read"] }),
      await keyOf(tx, { name: "shop", scopes: ["checkout_sessions:write"] }),
    ]);
    const list = (key: string) => rig.get("/v1/checkout_sessions", { key });
    expect(idsOf(await list(mayLook ?? ""))).toHaveLength(1);
    expect((await list(mayNot ?? "")).status).toBe(403);
    expect((await list("")).status).toBe(401);
    expect(idsOf(await list(rig.foreign.key))).toEqual([]);
  });
});
