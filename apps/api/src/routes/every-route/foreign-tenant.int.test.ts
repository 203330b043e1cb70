import { createId, saveCheckoutSession } from "@usher/database";
import type { Deal } from "@usher/entitlement-core/deal";
import type { ConnectionId } from "@usher/entitlement-core/kernel";
import type { OrderContent } from "@usher/entitlement-core/order";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, startApiRig } from "../../testing/api-rig.ts";
import { askedForApproval } from "../../testing/asked-for-approval.ts";
import { everyRoute, exampleBodyOf, idKindOf } from "../../testing/every-route.ts";
import { grantedCustomer } from "../../testing/granted-customer.ts";
import { signatureOf } from "../../testing/signed-connector.ts";

let rig: ApiRig;
/** One thing of ours of each kind that a path can name. */
let ours: Readonly<Record<ReturnType<typeof idKindOf>, string>>;
let namesOfOurs: readonly string[];

beforeAll(async () => {
  rig = await startApiRig();
  const asked = await askedForApproval(rig);
  const granted = await grantedCustomer(rig);
  const token = await rig.post("/v1/tokens", { body: { customer: granted.customerId } });
  const apiKey = await rig.post("/v1/api_keys", { body: { name: "victim", scopes: ["check"] } });
  const connection = await rig.post("/v1/connections", {
    body: { vendor: "signed", name: "victim", kinds: ["crm"], webhook_secrets: ["s3cret"] },
  });
  const body = JSON.stringify({ id: "evt-1", deal: "D-1" });
  await rig.post(`/v1/inbound/${connection.json.id}`, {
    key: "",
    body,
    headers: { "X-Test-Signature": signatureOf({ secret: "s3cret", body, stamp: Date.now() }) },
  });
  const inbox = await rig.get("/v1/inbox");
  ours = {
    order: asked.orderId,
    approvalTask: asked.taskId,
    token: token.json.jti,
    apiKey: apiKey.json.id,
    connection: connection.json.id,
    inboxMessage: inbox.json.data[0].id,
    customer: granted.customerId,
    checkoutSession: await openCheckout(connection.json.id),
    statusList: token.json.claims.status.status_list.uri.split("/").at(-1),
  };
  namesOfOurs = [
    ...Object.values(ours),
    granted.externalId,
    asked.body.name,
    "victim",
    rig.tenant.people.dana.user.email,
  ];
});
afterAll(() => rig.stop());

describe("another tenant", () => {
  it("gets 404 for every thing of ours, on every route and by every verb, and changes nothing", async () => {
    const before = await snapshot();
    let probes = 0;
    for (const route of everyRoute.filter(
      (one) => one.params !== undefined && one.access !== "public" && one.access !== "signed",
    )) {
      for (const key of [rig.foreign.key, rig.foreign.people.dana.key]) {
        for (const id of [
          ours[idKindOf(route)],
          ...(idKindOf(route) === "customer" ? [`ext:${namesOfOurs[8]}`] : []),
        ]) {
          const path = route.path.replace(/\{\w+\}/, encodeURIComponent(id));
          const answer = await rig.send(route.method.toUpperCase(), path, {
            key,
            ...(route.method === "post"
              ? { body: exampleBodyOf(route), headers: { "Idempotency-Key": `bola-${probes}` } }
              : {}),
          });
          expect(answer.status, `${route.method} ${path} ${answer.text}`).toBe(404);
          expect(answer.json.code).toBe("not_found");
          probes += 1;
        }
      }
    }
    expect(probes).toBeGreaterThan(20);
    expect(await snapshot()).toEqual(before);
  });

  it("sees nothing of ours in any list, whatever it filters by", async () => {
    for (const route of everyRoute.filter(
      (one) => one.method === "get" && one.params === undefined && one.access !== "public",
    )) {
      for (const query of [
        "",
        `?order_id=${ours.order}`,
        `?customer=${ours.customer}`,
        `?connection_id=${ours.connection}`,
        "?limit=200",
      ]) {
        const answer = await rig.get(route.path + query, { key: rig.foreign.key });
        for (const name of namesOfOurs)
          expect(answer.text, `${route.path}${query}`).not.toContain(name);
      }
    }
  });

  it("is told nothing by bodies that name our things", async () => {
    const { key } = rig.foreign;
    const customer = ours.customer;
    const check = await rig.post("/v1/check", { key, body: { customer, feature: "sso" } });
    expect(check.json).toMatchObject({ allowed: false, reason: "unknown_customer", breakdown: [] });
    const past = await rig.post("/v1/check", {
      key,
      body: { customer, feature: "sso", at: new Date(Date.now() - 60_000).toISOString() },
    });
    expect(past.json).toMatchObject({
      allowed: false,
      reason: "unknown_customer",
      source: "live",
    });
    const batch = await rig.post("/v1/check/batch", {
      key,
      body: {
        checks: [
          { customer, feature: "sso" },
          { customer: `ext:${namesOfOurs[8]}`, feature: "sso" },
        ],
      },
    });
    expect(batch.json.data.map((one: { reason: string }) => one.reason)).toEqual([
      "unknown_customer",
      "unknown_customer",
    ]);
    const token = await rig.post("/v1/tokens", { key, body: { customer } });
    expect(token.status).toBe(404);
    const usage = await rig.post("/v1/usage_events", {
      key,
      body: {
        specversion: "1.0",
        id: "1",
        source: "x",
        type: "t",
        subject: customer,
        data: { feature: "api_calls", quantity: 5 },
      },
    });
    expect(usage.status).toBe(400);
    const bulk = await rig.post("/v1/approval_decisions", {
      key: rig.foreign.people.dana.key,
      body: { decision: "approve", tasks: [{ id: ours.approvalTask, revision_hash: "x" }] },
    });
    expect(bulk.json.data).toMatchObject([{ decided: false, problem: { code: "not_found" } }]);
  });

  it("has the same ids outside for itself: two tenants may use one external id and one deal id", async () => {
    const mine = await grantedCustomer(rig, { externalId: "SAME" });
    const theirs = await grantedCustomer(rig, {
      externalId: "SAME",
      key: rig.foreign.key,
      tenantId: rig.foreign.id,
      quantity: 7,
    });
    expect(theirs.customerId).not.toBe(mine.customerId);
    const [one, other] = await Promise.all(
      [rig.tenant.key, rig.foreign.key].map((key) =>
        rig.post("/v1/check", { key, body: { customer: "ext:SAME", feature: "seats" } }),
      ),
    );
    expect([one?.json.limit, other?.json.limit]).toEqual([250, 7]);
  });

  it("never shares an Idempotency-Key with us", async () => {
    const body = exampleBodyOf(
      everyRoute.find((route) => route.operationId === "createOrder") as never,
    );
    const headers = { "Idempotency-Key": "shared" };
    const mine = await rig.post("/v1/orders", { body, headers });
    const theirs = await rig.post("/v1/orders", { key: rig.foreign.key, body, headers });
    expect([mine.status, theirs.status]).toEqual([202, 202]);
    expect(theirs.json.id).not.toBe(mine.json.id);
    expect(theirs.headers.get("idempotency-replayed")).toBeNull();
  });
});

async function openCheckout(connectionId: ConnectionId): Promise<string> {
  const session = await rig.inTenant((tx) =>
    saveCheckoutSession(tx, {
      id: createId("checkoutSession"),
      connectionId,
      idempotencyKey: "victim",
      fingerprint: "victim",
      deal: {} as Deal,
      content: { customer: { name: "victim" }, lines: [] } as unknown as OrderContent,
      requestedBy: null,
      successUrl: "https://victim.test",
      cancelUrl: "https://victim.test",
    }),
  );
  return session.id;
}

/** What a stranger's request could have changed. */
async function snapshot() {
  const paths = [
    `/v1/orders/${ours.order}`,
    `/v1/orders/${ours.order}/events`,
    `/v1/approval_tasks/${ours.approvalTask}`,
    `/v1/tokens/${ours.token}`,
    "/v1/inbox",
    "/v1/connections",
  ];
  return Promise.all(paths.map(async (path) => (await rig.get(path)).json));
}
