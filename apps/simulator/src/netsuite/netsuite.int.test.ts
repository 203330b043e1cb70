import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type RunningSimulator, startSimulator } from "../index.ts";
import { connectNetSuite, type NetSuiteClient } from "../testing/connect-netsuite.ts";
import { control } from "../testing/vendor-clients.ts";

let simulator: RunningSimulator;
let client: NetSuiteClient;

beforeAll(async () => {
  simulator = await startSimulator({ seed: 7 });
});
afterAll(() => simulator.stop());
beforeEach(async () => {
  simulator.parts.reset();
  client = await connectNetSuite(simulator);
});

const settings = (change: object) =>
  control(simulator, "PATCH", "/control/netsuite/settings", change);

const strict = { "x-netsuite-propertynamevalidation": "Error" };

async function refusalOf(answer: Response) {
  const body = (await answer.json()) as {
    readonly "o:errorDetails": readonly [{ readonly "o:errorCode": string }];
  };
  return [answer.status, body["o:errorDetails"][0]["o:errorCode"]];
}

async function anOrder(externalId = "ord_1") {
  await client.call("PUT", "/record/v1/customer/eid:c1", { companyName: "Ærø" });
  await client.call("PUT", "/record/v1/serviceSaleItem/eid:i1", {
    itemId: "PRO",
    incomeAccount: { id: "54" },
  });
  return client.call("PUT", `/record/v1/salesOrder/eid:${externalId}?replace=item`, {
    entity: { externalId: "c1" },
    orderStatus: { id: "B" },
    item: { items: [{ item: { externalId: "i1" }, quantity: 3, rate: 83.25 }] },
  });
}

const readOrder = async (externalId = "ord_1") => {
  const path = `/record/v1/salesOrder/eid:${externalId}?expandSubResources=true`;
  return (await client.call("GET", path)).json();
};

describe("logging in", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 3_072 }).privateKey;
  it.each([
    ["as documented", {}, 200],
    ["RS256, which is gone", { header: { alg: "RS256" }, isPss: false }, 400],
    ["the key of another certificate", { key: rsa }, 400],
    ["an unknown kid", { header: { kid: "other" } }, 400],
    ["another client", { claims: { iss: "other" } }, 400],
    ["another token endpoint", { claims: { aud: "https://example.com/token" } }, 400],
    ["no scope for REST", { claims: { scope: ["restlets"] } }, 400],
    ["an hour", { claims: { exp: Math.floor(Date.now() / 1000) + 3_700 } }, 400],
  ])("%s", async (_name, change, status) => {
    expect((await client.askForToken(change)).status).toBe(status);
  });

  it("a token that ended is INVALID_LOGIN; the refresh of a sandbox forgets certificates", async () => {
    await control(simulator, "POST", "/control/netsuite/refresh_sandbox");
    expect(await refusalOf(await client.call("GET", "/record/v1/customer/1"))).toEqual([
      401,
      "INVALID_LOGIN",
    ]);
    expect((await client.askForToken()).status).toBe(400);
  });
});

describe("records", () => {
  it("an upsert by external id makes one record, and says where in Location without a body", async () => {
    const made = await anOrder();
    const again = await anOrder();
    expect([made.status, await made.text()]).toEqual([204, ""]);
    expect(again.headers.get("location")).toBe(made.headers.get("location"));
    expect(await readOrder()).toMatchObject({
      subtotal: 249.75,
      orderStatus: { id: "F" },
      item: { items: [{ quantity: 3, rate: 83.25, amount: 249.75 }] },
    });
  });

  it("without replace a line that names no key is added; with it, it takes the others' place", async () => {
    await anOrder();
    const add = { item: { items: [{ item: { externalId: "i1" }, quantity: 1, rate: 1 }] } };
    await client.call("PUT", "/record/v1/salesOrder/eid:ord_1", add);
    expect(await readOrder()).toMatchObject({ item: { totalResults: 2 } });
    await client.call("PUT", "/record/v1/salesOrder/eid:ord_1?replace=item", add);
    expect(await readOrder()).toMatchObject({ item: { totalResults: 1 }, subtotal: 1 });
  });

  it.each([
    ["a slash", "a%2Fb"],
    ["a space", "a%20b"],
    ["a pipe", "a%7Cb"],
    ["a colon", "a:b"],
  ])("an external id with %s is refused", async (_name, id) => {
    const answer = await client.call("PUT", `/record/v1/customer/eid:${id}`, { companyName: "x" });
    expect(await refusalOf(answer)).toEqual([400, "INVALID_CONTENT"]);
  });

  it("a property nobody has is dropped in silence, and refused when asked to", async () => {
    const put = (headers?: Record<string, string>) =>
      client.call("PUT", "/record/v1/customer/eid:c9", { companyName: "x", typo: 1 }, headers);
    expect((await put()).status).toBe(204);
    expect(await refusalOf(await put(strict))).toEqual([400, "INVALID_CONTENT"]);
  });

  it("billed lines keep item, rate and what was billed; an order is billed once", async () => {
    await anOrder();
    const bill = () => control(simulator, "POST", "/control/netsuite/orders/ord_1/bill");
    expect(await bill()).toMatchObject({ type: "invoice", subtotal: "249.75" });
    expect(await readOrder()).toMatchObject({ orderStatus: { id: "G" } });
    await expect(bill()).rejects.toThrow("nothing to bill");
    for (const change of [{ quantity: 2 }, { rate: 1 }]) {
      const body = { item: { items: [{ line: 1, ...change }] } };
      const answer = await client.call("PUT", "/record/v1/salesOrder/eid:ord_1", body);
      expect(await refusalOf(answer)).toEqual([400, "USER_ERROR"]);
    }
  });
});

it("the audit tells what is booked less what was credited, by item", async () => {
  await anOrder();
  await anOrder("ord_2");
  await control(simulator, "POST", "/control/netsuite/orders/ord_1/bill");
  const close = { item: { items: [{ line: 1, isClosed: true }] } };
  await client.call("PUT", "/record/v1/salesOrder/eid:ord_2", close);
  await client.call("PUT", "/record/v1/creditMemo/eid:cm_1", {
    entity: { externalId: "c1" },
    item: { items: [{ item: { externalId: "i1" }, quantity: 1, rate: 83.25 }] },
  });
  const summary = await control<{ readonly netsuite: unknown }>(
    simulator,
    "GET",
    "/control/state/summary",
  );
  expect(summary.netsuite).toMatchObject({
    counts: { customers: 1, items: 1, sales_orders: { G: 1, H: 1 }, invoices: 1, credit_memos: 1 },
    booked_by_product: { PRO: { quantity: 2, amount_minor: { USD: 16_650 } } },
  });
});

describe("SuiteQL", () => {
  const query = (q: string, page = "", headers: Record<string, string> = { prefer: "transient" }) =>
    client.call("POST", `/query/v1/suiteql${page}`, { q }, headers);

  it("needs Prefer: transient", async () => {
    expect(await refusalOf(await query("SELECT id FROM customer", "", {}))).toEqual([
      400,
      "INVALID_HEADER",
    ]);
  });

  it("pages of a query that is not ordered by something unique repeat and miss rows", async () => {
    for (let at = 0; at < 20; at += 1) {
      await client.call("PUT", `/record/v1/customer/eid:c${at}`, { companyName: "Same" });
    }
    const idsOf = async (order: string) => {
      const ids: string[] = [];
      for (let offset = 0; offset < 20; offset += 5) {
        const q = `SELECT id, companyname FROM customer ORDER BY ${order}`;
        const answer = await query(q, `?limit=5&offset=${offset}`);
        const { items } = (await answer.json()) as { readonly items: readonly { id: string }[] };
        ids.push(...items.map(({ id }) => id));
      }
      return new Set(ids).size;
    };
    expect(await idsOf("companyname")).toBeLessThan(20);
    expect(await idsOf("companyname, id")).toBe(20);
  });

  it("a clause it does not know is refused, not ignored", async () => {
    const answer = await query("SELECT id FROM customer WHERE id > 3");
    expect(await refusalOf(answer)).toEqual([400, "INVALID_PARAMETER"]);
  });
});

describe("asynchronous requests", () => {
  it("the second request of a key is 400 and names the first one's job, whose result is the record", async () => {
    const put = () =>
      client.call(
        "PUT",
        "/record/v1/customer/eid:c1",
        { companyName: "Acme" },
        { prefer: "respond-async", "x-netsuite-idempotency-key": "key-1" },
      );
    const [first, second] = [await put(), await put()];
    expect(first.status).toBe(202);
    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    expect(await refusalOf(second)).toEqual([400, "IDEMPOTENCY_ERROR"]);
    const job = new URL(first.headers.get("location") ?? "").pathname.replace("/services/rest", "");
    expect(await (await client.call("GET", job)).json()).toMatchObject({ completed: true });
    const result = await client.call("GET", `${job}/task/1/result`);
    expect([result.status, result.headers.get("location")]).toEqual([
      204,
      expect.stringContaining("/customer/"),
    ]);
  });
});

describe("concurrency of the whole account", () => {
  it.each([
    ["too_many_requests", [429, "CONCURRENCY_LIMIT_EXCEEDED"]],
    ["restlet", [400, "SSS_REQUEST_LIMIT_EXCEEDED"]],
    ["invalid_login", [401, "INVALID_LOGIN"]],
  ])("one request too many is refused as %s", async (overload_looks_like, refusal) => {
    await settings({ overload_looks_like, concurrent_requests_max: 1 });
    await control(simulator, "POST", "/control/faults", {
      vendor: "netsuite",
      kind: "slow",
      operation: "record.get",
      delay_ms: 200,
    });
    const answers = await Promise.all(
      [1, 2].map(() => client.call("GET", "/record/v1/customer/1")),
    );
    const refusals = await Promise.all(answers.map(refusalOf));
    expect(refusals).toContainEqual(refusal);
    expect(refusals).toContainEqual([404, "NONEXISTENT_ID"]);
  });
});

describe("faults on request", () => {
  const put = () => client.call("PUT", "/record/v1/customer/eid:c1", { companyName: "Acme" });
  const strike = (given: object) =>
    control(simulator, "POST", "/control/faults", { vendor: "netsuite", times: 1, ...given });
  const customers = () => simulator.parts.netsuite.tables.customer.size;

  it.each([
    [{ kind: "too_many_requests" }, [429, "CONCURRENCY_LIMIT_EXCEEDED"]],
    [{ kind: "unauthorized" }, [401, "INVALID_LOGIN"]],
    [{ kind: "server_error", status: 500 }, [500, "UNEXPECTED_ERROR"]],
    [{ kind: "refuse_write", object: "customer", message: "No." }, [400, "USER_ERROR"]],
    [{ kind: "lock", operation: "record.upsert" }, [400, "RCRD_HAS_BEEN_CHANGED"]],
  ])("%o is refused in NetSuite's words, and nothing happened", async (fault, refusal) => {
    await strike(fault);
    expect(await refusalOf(await put())).toEqual(refusal);
    expect(customers()).toBe(0);
    expect((await put()).status).toBe(204);
  });

  it.each([
    ["down", 0],
    ["reset_before_commit", 0],
    ["reset_after_commit", 1],
  ])("%s cuts the connection, with %i customers made", async (kind, made) => {
    await strike({ kind, operation: "record.upsert" });
    await expect(put()).rejects.toThrow();
    expect(customers()).toBe(made);
  });
});
