import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubUnderTest, startHubUnderTest } from "./hub-under-test.ts";
import { dataOf, openTaskOf, orderOfDeal, orderWhen } from "./orders-of.ts";
import { until } from "./until.ts";

let hub: HubUnderTest;
beforeAll(async () => {
  hub = await startHubUnderTest();
});
afterAll(() => hub?.stop());

const today = new Date().toISOString().slice(0, 10);
const line = {
  product: "PRO",
  quantity: "10",
  unit_price: "480.00",
  list_price: "480.00",
  starts_on: today,
  term_months: 12,
};
const win = (account: string, changed: object = {}) =>
  hub.simulator.winDeal({
    name: `${account}: Pro`,
    account: { name: account, country: "DE" },
    owner: { name: "Sam Seller", email: "sam.seller@demo.example" },
    close_date: today,
    lines: [line],
    ...changed,
  });

async function control(method: string, path: string, body?: unknown): Promise<void> {
  const response = await fetch(`${hub.simulatorUrl}/control/${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
}

const whenStatus = (id: string, status: string) =>
  orderWhen({ hub: hub.operator, id, what: status, is: (order) => order.status === status });

/** The order of a deal that cannot go on, with the problem's code and the field it names. */
async function orderAtActionNeeded(dealId: string) {
  const { id } = await orderOfDeal({ hub: hub.operator, dealId });
  return await whenStatus(id, "Action needed");
}

describe("a deal that is wrong stands at Action needed with the record and field, and goes on with the fixing edit", () => {
  it("unknown product: one alias lets it go on by itself", async () => {
    const deal = await win("Unknown product", { lines: [{ ...line, product: "Pro Plus" }] });
    const order = await orderAtActionNeeded(deal.id);
    expect(order.problem).toMatchObject({ code: "unknown_product" });
    expect(order.problem?.sentence).toContain("Pro Plus");
    await dataOf(
      hub.operator.call("addAlias", {
        body: { system: null, product_code: "Pro Plus", sku: "PRO" },
      }),
    );
    await whenStatus(order.id, "Active");
  });

  it("quantity 0", async () => {
    const deal = await win("Quantity zero", { lines: [{ ...line, quantity: "0" }] });
    const order = await orderAtActionNeeded(deal.id);
    expect(order.problem).toMatchObject({
      code: "invalid_quantity",
      where: { field: expect.stringContaining("Quantity") },
    });
    await control("PATCH", `salesforce/deals/${deal.id}`, {
      edit_lines: [{ product: "PRO", quantity: "3" }],
    });
    await whenStatus(order.id, "Active");
  });

  it("no account", async () => {
    const deal = await win("No account", { account: null });
    const order = await orderAtActionNeeded(deal.id);
    expect(order.problem).toMatchObject({ code: "missing_account" });
    expect(order.customer).toBeNull();
  });

  it("several faults are told at once", async () => {
    const deal = await win("Several", {
      account: null,
      lines: [
        { ...line, product: "Nothing we sell" },
        { ...line, quantity: "0" },
      ],
    });
    const order = await orderAtActionNeeded(deal.id);
    const codes = order.problem?.faults.map((fault) => fault.code) ?? [];
    expect(new Set(codes)).toEqual(
      new Set(["missing_account", "unknown_product", "invalid_quantity"]),
    );
  });
});

describe("a deal that changes while its order is under way", () => {
  it("edited while it waits for approval: the new revision is asked, the old hash is refused", async () => {
    const deal = await win("Edited in flight", { lines: [{ ...line, unit_price: "300.00" }] });
    const { id } = await orderOfDeal({ hub: hub.operator, dealId: deal.id });
    const first = await openTaskOf({ hub: hub.approver, orderId: id });
    await control("PATCH", `salesforce/deals/${deal.id}`, {
      edit_lines: [{ product: "PRO", unit_price: "200.00" }],
    });
    await orderWhen({
      hub: hub.operator,
      id,
      what: "revision 2",
      is: (order) => order.revision === 2 && order.status === "Awaiting approval",
    });
    const stale = await hub.approver.call("decideApprovalTask", {
      path: { id: first.id },
      body: { decision: "approve", comment: null, revision_hash: first.revision_hash },
    });
    expect(stale).toMatchObject({ ok: false, status: 409 });
    const second = await openTaskOf({ hub: hub.approver, orderId: id });
    expect(second.revision_hash).not.toBe(first.revision_hash);
    await dataOf(
      hub.approver.call("decideApprovalTask", {
        path: { id: second.id },
        body: { decision: "approve", comment: null, revision_hash: second.revision_hash },
      }),
    );
    const order = await whenStatus(id, "Active");
    expect(order.lines[0]?.unit_price).toEqual({ amount: "200.00", currency: "USD" });
  });

  it("edited after it became Active: more seats from now, one order, one subscription", async () => {
    const deal = await win("Amended");
    const { id } = await orderOfDeal({ hub: hub.operator, dealId: deal.id });
    const before = await whenStatus(id, "Active");
    await control("PATCH", `salesforce/deals/${deal.id}`, {
      edit_lines: [{ product: "PRO", quantity: "15" }],
    });
    const after = await orderWhen({
      hub: hub.operator,
      id,
      what: "revision 2 Active",
      is: (order) => order.revision === 2 && order.status === "Active",
    });
    const customer = `ext:${after.customer?.external_id}`;
    await until({
      what: "15 seats",
      ask: async () => {
        const answer = await dataOf(
          hub.operator.call("check", { body: { customer, feature: "seats", amount: 15 } }),
        );
        return answer.allowed && answer.limit === 15 ? true : undefined;
      },
    });
    const past = await dataOf(
      hub.operator.call("check", {
        body: { customer, feature: "seats", amount: 10, at: before.updated_at },
      }),
    );
    expect(past.limit).toBe(10);
    const orders = await dataOf(hub.operator.call("listOrders", { query: { source_id: deal.id } }));
    expect(orders.data).toHaveLength(1);
  });

  it("re-opened after it was won: Action needed, access stays, and winning it again settles it", async () => {
    const deal = await win("Reopened");
    const { id } = await orderOfDeal({ hub: hub.operator, dealId: deal.id });
    await whenStatus(id, "Active");
    await until({
      what: "the order id on the deal, by which a re-opened deal is known",
      ask: async () =>
        (await hub.simulator.showDeal(deal.id)).usher["Usher_Order_Id__c"] === id
          ? true
          : undefined,
    });
    await control("POST", `salesforce/deals/${deal.id}/reopen`);
    const order = await whenStatus(id, "Action needed");
    expect(order.problem).toMatchObject({ code: "deal_reopened" });
    const customer = `ext:${order.customer?.external_id}`;
    const answer = await dataOf(
      hub.operator.call("check", { body: { customer, feature: "seats" } }),
    );
    expect(answer.allowed).toBe(true);
    await control("POST", `salesforce/deals/${deal.id}/win`);
    await whenStatus(id, "Active");
  });

  it("another currency after it was billed: Action needed, nothing is billed twice", async () => {
    const deal = await win("Currency");
    const { id } = await orderOfDeal({ hub: hub.operator, dealId: deal.id });
    await whenStatus(id, "Active");
    await control("PATCH", `salesforce/deals/${deal.id}`, { currency: "EUR" });
    const order = await whenStatus(id, "Action needed");
    expect(order.problem).toMatchObject({ code: "currency_changed" });
  });

  it("the account deleted while it waits: Action needed names it", async () => {
    const deal = await win("Account deleted", { lines: [{ ...line, unit_price: "300.00" }] });
    const { id } = await orderOfDeal({ hub: hub.operator, dealId: deal.id });
    await openTaskOf({ hub: hub.approver, orderId: id });
    await control("POST", `salesforce/deals/${deal.id}/delete_account`, { deals: "keep" });
    const order = await whenStatus(id, "Action needed");
    expect(["missing_account", "account_deleted"]).toContain(order.problem?.code);
  });
});

it("a CRM that refuses the status: access stands, the order says the rule, and the fixed deal is told by itself", async () => {
  const deal = await win("Refused write");
  await control("POST", "faults", {
    vendor: "salesforce",
    kind: "refuse_write",
    object: "Opportunity",
    record_id: deal.id,
    message: "Region is required before a status may be set",
  });
  const { id } = await orderOfDeal({ hub: hub.operator, dealId: deal.id });
  const order = await orderWhen({
    hub: hub.operator,
    id,
    what: "Action needed with the rule's text",
    is: ({ status, problem }) =>
      status === "Action needed" && problem?.code === "write_back_refused",
  });
  expect(order.problem?.sentence).toContain("Region is required");
  const customer = `ext:${order.customer?.external_id}`;
  const answer = await dataOf(hub.operator.call("check", { body: { customer, feature: "seats" } }));
  expect(answer.allowed).toBe(true);

  // A CRM stamps by the second, and a second save within one is no other version.
  const { version } = await hub.simulator.showDeal(deal.id);
  await until({
    what: "a later second than the deal's stamp",
    ask: async () => (Date.now() >= Date.parse(String(version)) + 1_000 ? true : undefined),
  });
  await control("DELETE", "faults?vendor=salesforce");
  await control("PATCH", `salesforce/deals/${deal.id}`, {
    fields: { Description: "Region: EMEA" },
  });
  await whenStatus(id, "Active");
  await until({
    what: "Active on the deal",
    ask: async () =>
      (await hub.simulator.showDeal(deal.id)).usher["Usher_Status__c"] === "Active"
        ? true
        : undefined,
  });
});

it("nothing that was announced is lost: every inbox message is processed or set aside, none is quarantined", async () => {
  const pending = await dataOf(
    hub.operator.call("listInboxMessages", { query: { status: "quarantined" } }),
  );
  expect(pending.data).toEqual([]);
});
