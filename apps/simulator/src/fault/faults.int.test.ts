import { Connection } from "jsforce/lib/connection.js";
import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type RunningSimulator, startSimulator } from "../index.ts";
import { connectJsforce, connectStripe, control } from "../testing/vendor-clients.ts";

let simulator: RunningSimulator;
let stripe: Stripe;
let crm: Connection;

beforeAll(async () => {
  simulator = await startSimulator();
  stripe = connectStripe(simulator);
});
afterAll(() => simulator.stop());
beforeEach(async () => {
  simulator.parts.reset();
  const { instanceUrl, accessToken } = await connectJsforce(simulator);
  crm = new Connection({ instanceUrl, accessToken: accessToken ?? "", version: "67.0" });
});

const fault = (given: object) => control(simulator, "POST", "/control/faults", given);
const customers = async () => (await stripe.customers.list()).data.length;

/** A raw POST, so that one call is one request: stripe-node sends once more when a connection is closed. */
const postCustomer = (key: string) =>
  fetch(`${simulator.url}/v1/customers`, {
    method: "POST",
    headers: {
      authorization: "Bearer sk_test_usher_simulator",
      "idempotency-key": key,
      connection: "close",
    },
    body: new URLSearchParams({ name: "Acme" }),
  });

async function code(call: PromiseLike<unknown>): Promise<unknown> {
  return call.then(
    () => "no refusal",
    (error: unknown) =>
      (error as { errorCode?: string; code?: string }).errorCode ??
      (error as { code?: string }).code ??
      String(error),
  );
}

describe("in the CRM", () => {
  it("a refused write shows the rule's message, n times, and reads go on", async () => {
    const { id } = await crm.sobject("Account").create({ Name: "Acme" });
    await fault({
      vendor: "salesforce",
      kind: "refuse_write",
      operation: "sobject.update",
      message: "Close date is locked",
      times: 1,
    });
    const error: unknown = await crm
      .sobject("Account")
      .update({ Id: id ?? "", Name: "x" })
      .catch((one: unknown) => one);
    expect(error).toMatchObject({
      errorCode: "FIELD_CUSTOM_VALIDATION_EXCEPTION",
      message: "Close date is locked",
    });
    expect(await crm.sobject("Account").update({ Id: id ?? "", Name: "x" })).toMatchObject({
      success: true,
    });
  });

  it("a lock or a rule on one record spoils only that item of a collection", async () => {
    const made = await crm.sobject("Account").create([{ Name: "A" }, { Name: "B" }, { Name: "C" }]);
    const [first, second, third] = made.map((one) => one.id ?? "");
    await fault({
      vendor: "salesforce",
      kind: "lock",
      operation: "collection.*",
      object: "Account",
      record_id: second,
      times: 1,
    });
    const update = () =>
      crm
        .sobject("Account")
        .update([first, second, third].map((id) => ({ Id: id ?? "", Phone: "1" })));
    expect(await update()).toMatchObject([
      { success: true },
      { success: false, errors: [{ statusCode: "UNABLE_TO_LOCK_ROW" }] },
      { success: true },
    ]);
    expect((await update()).every((one) => one.success)).toBe(true);
  });

  it("quota, session, outage and a page of HTML look as the vendor's do", async () => {
    const ask = async (given: object) => {
      await fault({ vendor: "salesforce", operation: "limits", times: 1, ...given });
      return fetch(`${simulator.url}/services/data/v67.0/limits`, {
        headers: { authorization: `Bearer ${crm.accessToken}` },
      });
    };
    const quota = await ask({ kind: "too_many_requests" });
    expect([quota.status, await quota.json()]).toEqual([
      403,
      [expect.objectContaining({ errorCode: "REQUEST_LIMIT_EXCEEDED" })],
    ]);
    const session = await ask({ kind: "unauthorized" });
    expect([session.status, await session.json()]).toEqual([
      401,
      [expect.objectContaining({ errorCode: "INVALID_SESSION_ID" })],
    ]);
    const outage = await ask({ kind: "server_error", status: 503 });
    expect([outage.status, await outage.json()]).toEqual([
      503,
      [expect.objectContaining({ errorCode: "SERVER_UNAVAILABLE" })],
    ]);
    const page = await ask({ kind: "html_body", status: 502 });
    expect([page.status, page.headers.get("content-type")]).toEqual([
      502,
      "text/html; charset=utf-8",
    ]);
  });

  it("a cut connection before the commit changes nothing, after it everything", async () => {
    const create = () =>
      fetch(`${simulator.url}/services/data/v67.0/sobjects/Account`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${crm.accessToken}`,
          "content-type": "application/json",
          connection: "close",
        },
        body: JSON.stringify({ Name: "Acme" }),
      });
    const count = async () => (await crm.query("SELECT COUNT() FROM Account")).totalSize;
    await fault({
      vendor: "salesforce",
      kind: "reset_before_commit",
      operation: "sobject.create",
      times: 1,
    });
    await expect(create()).rejects.toThrow();
    expect(await count()).toBe(0);
    await fault({
      vendor: "salesforce",
      kind: "reset_after_commit",
      operation: "sobject.create",
      times: 1,
    });
    await expect(create()).rejects.toThrow();
    expect(await count()).toBe(1);
  });

  it("a body cut short breaks off in the middle", async () => {
    await fault({ vendor: "salesforce", kind: "truncated_body", operation: "query", times: 1 });
    const response = await fetch(
      `${simulator.url}/services/data/v67.0/query?q=${encodeURIComponent("SELECT Id FROM User")}`,
      { headers: { authorization: `Bearer ${crm.accessToken}` } },
    );
    await expect(response.text()).rejects.toThrow();
  });

  it("is down until it is up again", async () => {
    await fault({ vendor: "salesforce", kind: "down" });
    const ask = () =>
      fetch(`${simulator.url}/services/data/v67.0/limits`, {
        headers: { authorization: `Bearer ${crm.accessToken}`, connection: "close" },
      });
    await expect(ask()).rejects.toThrow();
    await expect(ask()).rejects.toThrow();
    await control(simulator, "DELETE", "/control/faults?vendor=salesforce");
    expect((await ask()).status).toBe(200);
  });
});

describe("in billing", () => {
  it("rate limit and lock are 429 in the vendor's codes; only the lock says to retry", async () => {
    await fault({
      vendor: "stripe",
      kind: "too_many_requests",
      operation: "customers.create",
      times: 1,
      retry_after_s: 2,
    });
    const limited: unknown = await stripe.customers
      .create({ name: "Acme" })
      .catch((error: unknown) => error);
    expect(limited).toMatchObject({
      type: "StripeRateLimitError",
      statusCode: 429,
      code: "rate_limit",
      headers: { "retry-after": "2" },
    });
    await fault({ vendor: "stripe", kind: "lock", operation: "customers.create", times: 1 });
    const locked: unknown = await stripe.customers
      .create({ name: "Acme" })
      .catch((error: unknown) => error);
    expect(locked).toMatchObject({
      statusCode: 429,
      code: "lock_timeout",
      headers: { "stripe-should-retry": "true" },
    });
    expect(await customers()).toBe(0);
  });

  it("a 500 before the call is carried out is not kept under the key", async () => {
    await fault({
      vendor: "stripe",
      kind: "server_error",
      operation: "customers.create",
      status: 500,
      times: 1,
    });
    expect((await postCustomer("k")).status).toBe(500);
    expect((await postCustomer("k")).status).toBe(200);
    expect(await customers()).toBe(1);
  });

  it("a 500 that was kept is given again under its key, also when the change was made", async () => {
    await fault({
      vendor: "stripe",
      kind: "server_error_stored",
      operation: "customers.create",
      times: 1,
    });
    expect((await postCustomer("k1")).status).toBe(500);
    const again = await postCustomer("k1");
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([500, "true"]);
    expect(await customers()).toBe(0);
    await fault({
      vendor: "stripe",
      kind: "server_error_after_commit",
      operation: "customers.create",
      times: 1,
    });
    expect((await postCustomer("k2")).status).toBe(500);
    expect((await postCustomer("k2")).status).toBe(500);
    expect(await customers()).toBe(1);
  });

  it("a connection cut after the commit: the same key finds what was made", async () => {
    await fault({
      vendor: "stripe",
      kind: "reset_after_commit",
      operation: "customers.create",
      times: 1,
    });
    await expect(postCustomer("k")).rejects.toThrow();
    const again = await postCustomer("k");
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([200, "true"]);
    expect(await customers()).toBe(1);
  });

  it("a refused write carries its message", async () => {
    await fault({
      vendor: "stripe",
      kind: "refuse_write",
      operation: "customers.create",
      message: "Account is under review",
      times: 1,
    });
    expect(
      await stripe.customers.create({ name: "Acme" }).catch((error: Error) => error.message),
    ).toBe("Account is under review");
  });
});

describe("the request log", () => {
  it("counts each call by operation, with what struck it", async () => {
    await fault({ vendor: "stripe", kind: "server_error", operation: "customers.*", times: 1 });
    await code(stripe.customers.create({ name: "Acme" }, { idempotencyKey: "k" }));
    await code(stripe.customers.create({ name: "Acme" }, { idempotencyKey: "k" }));
    const { data, counts } = await control<{ data: object[]; counts: { stripe: object } }>(
      simulator,
      "GET",
      "/control/requests?vendor=stripe&limit=10",
    );
    expect(counts.stripe).toEqual({ "customers.create": 2 });
    expect(data).toMatchObject([
      { status: 200, fault: null, idempotencyKey: "k" },
      { status: 503, fault: "server_error" },
    ]);
  });
});
