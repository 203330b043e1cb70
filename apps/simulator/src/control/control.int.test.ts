import { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type RunningSimulator, startSimulator } from "../index.ts";
import { connectJsforce, connectStripe, control } from "../testing/vendor-clients.ts";
import { CONTROL_ROUTES } from "./control-routes.ts";
import type { ShownDeal } from "./show-deal.ts";

let simulator: RunningSimulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.stop());
beforeEach(() => simulator.parts.reset());

const line = {
  product: "PRO",
  quantity: 10,
  unit_price: "90.00",
  list_price: "100.00",
  term_months: 12,
};
const win = (more: object = {}) =>
  control<ShownDeal & { deal_id: string }>(simulator, "POST", "/control/salesforce/deals", {
    account: { name: "Acme", country: "DE" },
    lines: [line],
    ...more,
  });
const edit = (id: string, change: object) =>
  control<ShownDeal>(simulator, "PATCH", `/control/salesforce/deals/${id}`, change);

describe("deals by control", () => {
  it("win a deal with what it needs, and find account and product again the next time", async () => {
    const deal = await win();
    expect(deal).toMatchObject({
      is_won: true,
      stage: "Closed Won",
      amount: "900.00",
      currency: "USD",
      lines: [{ product_code: "PRO", quantity: "10", list_price: "100.00", term_months: 12 }],
    });
    const second = await win();
    expect(second.account?.id).toBe(deal.account?.id);
    const { salesforce } = await control<{ salesforce: { counts: object } }>(
      simulator,
      "GET",
      "/control/state/summary",
    );
    expect(salesforce.counts).toMatchObject({
      accounts: 1,
      products: 1,
      opportunities: 2,
      won: 2,
      lines: 2,
    });
  });

  it("edit quantity, price, lines and currency; each moves the deal's stamp", async () => {
    const { deal_id } = await win();
    expect(await edit(deal_id, { edit_lines: [{ product: "PRO", quantity: 0 }] })).toMatchObject({
      amount: "0.00",
      lines: [{ quantity: "0" }],
    });
    expect(
      await edit(deal_id, {
        edit_lines: [{ product: "PRO", quantity: 3, unit_price: "80.50" }],
        add_lines: [{ product: "X", quantity: 1, unit_price: "1" }],
      }),
    ).toMatchObject({ amount: "242.50" });
    expect(
      await edit(deal_id, {
        currency: "JPY",
        lines: [{ product: "PRO", quantity: 2, unit_price: "9000" }],
      }),
    ).toMatchObject({ amount: "18000", currency: "JPY" });
    expect(await edit(deal_id, { currency: "EUR" })).toMatchObject({
      amount: "18000.00",
      currency: "EUR",
      lines: [{ product_code: "PRO", list_price: "9000.00" }],
    });
    const later = await edit(deal_id, { edit_lines: [{ product: "PRO", remove: true }] });
    expect(later).toMatchObject({ amount: "0.00", lines: [] });
  });

  it("re-open, win again, lose the account, delete", async () => {
    const { deal_id } = await win();
    expect(
      await control(simulator, "POST", `/control/salesforce/deals/${deal_id}/reopen`),
    ).toMatchObject({ is_won: false, is_closed: false });
    expect(
      await control(simulator, "POST", `/control/salesforce/deals/${deal_id}/win`),
    ).toMatchObject({ is_won: true });
    expect(
      await control(simulator, "POST", `/control/salesforce/deals/${deal_id}/delete_account`, {
        deals: "keep",
      }),
    ).toMatchObject({ account: null, is_deleted: false });
    await control(simulator, "DELETE", `/control/salesforce/deals/${deal_id}`);
    expect(await control(simulator, "GET", "/control/salesforce/deals")).toMatchObject({
      total: 0,
    });
  });

  it("list deals with what the hub wrote on them, and find them by status", async () => {
    const { deal_id } = await win();
    const crm = await connectJsforce(simulator);
    await crm.sobject("Opportunity").update({
      Id: deal_id,
      Usher_Status__c: "Action needed",
      Usher_Problem__c: "Product GTXPro is unknown.",
    });
    await win({ name: "Other" });
    const found = await control<{ data: ShownDeal[] }>(
      simulator,
      "GET",
      "/control/salesforce/deals?status=Action%20needed",
    );
    expect(found.data).toMatchObject([
      {
        id: deal_id,
        usher: {
          Usher_Status__c: "Action needed",
          Usher_Problem__c: "Product GTXPro is unknown.",
          Usher_Seq__c: null,
        },
      },
    ]);
  });

  it("find records by an external id again after its field was away for a while", async () => {
    const { deal_id } = await win();
    const crm = await connectJsforce(simulator);
    await control(simulator, "PATCH", "/control/salesforce/settings", { fields_deployed: false });
    await edit(deal_id, { name: "Changed meanwhile" });
    await control(simulator, "PATCH", "/control/salesforce/settings", { fields_deployed: true });
    await crm.sobject("Opportunity").update({ Id: deal_id, Usher_Order_Id__c: "ord_1" });
    await control(simulator, "PATCH", "/control/salesforce/settings", { fields_deployed: false });
    await edit(deal_id, { name: "And again" });
    await control(simulator, "PATCH", "/control/salesforce/settings", { fields_deployed: true });
    const found = await crm.query("SELECT Id FROM Opportunity WHERE Usher_Order_Id__c = 'ord_1'");
    expect(found.records).toMatchObject([{ Id: deal_id }]);
  });

  it("stamp the next changes late when asked", async () => {
    await control(simulator, "PATCH", "/control/salesforce/settings", {
      late_commits: { remaining: 1, seconds: 45 },
    });
    const late = await win();
    const prompt = await win({ name: "Prompt" });
    expect(
      Date.parse(prompt.version.replace("+0000", "Z")) -
        Date.parse(late.version.replace("+0000", "Z")),
    ).toBeGreaterThanOrEqual(44_000);
  });
});

describe("a bulk load", () => {
  const pipeline = {
    accounts: [{ name: "Acme", country: "United States" }],
    products: [{ code: "GTX Pro", list_price: "4821.00" }],
    opportunities: Array.from({ length: 3_000 }, (_, index) => ({
      ref: `R${index}`,
      account: index % 2 === 0 ? "Acme" : null,
      owner: "Moses Frase",
      stage: index % 3 === 0 ? "Lost" : "Won",
      close_date: "2026-03-01",
      lines: [{ product: index % 5 === 0 ? "GTXPro" : "GTX Pro", quantity: 1, unit_price: "4514" }],
    })),
  };

  it("takes thousands, notifies nobody, and changes nothing when it is repeated", async () => {
    const first = await control(simulator, "POST", "/control/salesforce/bulk", pipeline);
    expect(first).toEqual({
      accounts: 1,
      products: 1,
      opportunities: 3_000,
      won: 2_000,
      lines: 3_000,
      unchanged: 0,
    });
    const second = await control(simulator, "POST", "/control/salesforce/bulk", pipeline);
    expect(second).toMatchObject({ opportunities: 0, unchanged: 3_000 });
    const { salesforce } = await control<{
      salesforce: { won_by_product: Record<string, unknown> };
    }>(simulator, "GET", "/control/state/summary");
    expect(salesforce.won_by_product).toEqual({
      "GTX Pro": { count: 1_600, quantity: 1_600, amount_minor: { USD: 1_600 * 451_400 } },
      GTXPro: { count: 400, quantity: 400, amount_minor: { USD: 400 * 451_400 } },
    });
  });

  it("names an account that is nowhere, and keeps nothing of that batch", async () => {
    const call = control(simulator, "POST", "/control/salesforce/bulk", {
      opportunities: [{ ref: "R", account: "Nobody", lines: [] }],
    });
    await expect(call).rejects.toThrow(/422.*Opportunity R names account \\"Nobody\\"/);
  });
});

describe("billing by control", () => {
  it("pays, declines and sums per product to the cent", async () => {
    const stripe = connectStripe(simulator);
    const customer = await stripe.customers.create({ name: "Acme" });
    const product = await stripe.products.create({ name: "Pro", metadata: { usher_sku: "PRO" } });
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      collection_method: "send_invoice",
      days_until_due: 30,
      items: [
        {
          price_data: {
            currency: "eur",
            product: product.id,
            unit_amount: 3_333,
            recurring: { interval: "year" },
          },
          quantity: 3,
        },
      ],
    });
    const path = `/control/stripe/invoices/${String(subscription.latest_invoice)}`;
    expect(await control(simulator, "POST", `${path}/fail`)).toMatchObject({
      status: "open",
      attempt_count: 1,
    });
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe("past_due");
    expect(await control(simulator, "POST", `${path}/pay`)).toMatchObject({
      status: "paid",
      amount_paid: 9_999,
    });
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe("active");
    await expect(control(simulator, "POST", `${path}/pay`)).rejects.toThrow(/409/);
    const sum = { count: 1, quantity: 3, amount_minor: { EUR: 9_999 } };
    expect(await control(simulator, "GET", "/control/state/summary")).toMatchObject({
      stripe: {
        subscriptions_by_product: { PRO: sum },
        invoices_by_product: { PRO: sum },
        paid_by_product: { PRO: sum },
      },
    });
    expect(await control(simulator, "GET", "/control/stripe/invoices?status=paid")).toMatchObject({
      total: 1,
      paid_by_product: { PRO: sum },
    });
  });

  it("decides what a customer's card does from now on", async () => {
    const stripe = connectStripe(simulator);
    const customer = await stripe.customers.create({ name: "Acme" });
    await control(simulator, "POST", `/control/stripe/customers/${customer.id}/payment_method`, {
      outcome: "none",
    });
    const price = await stripe.prices.create({
      product_data: { name: "Pro" },
      currency: "usd",
      unit_amount: 100,
      recurring: { interval: "month" },
    });
    const error: unknown = await stripe.subscriptions
      .create({ customer: customer.id, items: [{ price: price.id }] })
      .catch((one: unknown) => one);
    expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
  });
});

describe("the control door", () => {
  it.each([
    ["POST", "/control/faults", { vendor: "nobody", kind: "down" }, 422],
    ["POST", "/control/faults", { vendor: "stripe", kind: "down", nope: 1 }, 422],
    [
      "POST",
      "/control/salesforce/deals",
      { account: { name: "A" }, lines: [{ product: "P", quantity: "many", unit_price: "1" }] },
      422,
    ],
    ["PATCH", "/control/salesforce/deals/006000000000000AAA", {}, 404],
    ["POST", "/control/stripe/invoices/in_none/pay", undefined, 422],
    ["DELETE", "/control/faults/fault_0", undefined, 404],
    ["GET", "/control/requests?limit=many", undefined, 422],
  ])("%s %s answers a wrong request with %s", async (method, path, body, status) => {
    const response = await fetch(simulator.url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(response.status).toBe(status);
    expect(((await response.json()) as { error: string }).error).not.toBe("");
  });

  it("answers a body that is no JSON with 400, and a foreign page with 403", async () => {
    expect(
      (await fetch(`${simulator.url}/control/faults`, { method: "POST", body: "{" })).status,
    ).toBe(400);
    const foreign = await fetch(`${simulator.url}/control/reset`, {
      method: "POST",
      headers: { "sec-fetch-site": "cross-site" },
    });
    expect(foreign.status).toBe(403);
  });

  it("knows every route it lists", async () => {
    for (const { route } of CONTROL_ROUTES) {
      const [method = "", path = ""] = route.split(" ");
      const response = await fetch(simulator.url + (path.split("?")[0] ?? "").replace(":id", "x"), {
        method,
      });
      expect([
        route,
        response.status === 404 && !(response.headers.get("content-type") ?? "").includes("json"),
      ]).toEqual([route, false]);
    }
  });
});

describe("the pages", () => {
  const page = async (path: string) => {
    const response = await fetch(simulator.url + path);
    return { status: response.status, html: await response.text() };
  };
  const submit = async (path: string, fields: Record<string, string>) => {
    const response = await fetch(simulator.url + path, {
      method: "POST",
      body: new URLSearchParams(fields),
      redirect: "manual",
    });
    return { status: response.status, location: response.headers.get("location") ?? "" };
  };

  it("render without script, escaped, and say that this is no vendor", async () => {
    await win({ account: { name: "<script>alert(1)</script> & Co" } });
    for (const path of ["/", "/billing", "/weather", "/requests"]) {
      const { status, html } = await page(path);
      expect(status).toBe(200);
      expect(html).not.toContain("<script");
      expect(html).toContain("Nothing here is the vendors'");
    }
    expect((await page("/")).html).toContain("&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co");
  });

  it("win a deal, edit it and make something go wrong by forms alone", async () => {
    const won = await submit("/ui/win", {
      account: "Acme",
      country: "DE",
      product: "PRO",
      quantity: "250",
      unit_price: "345.60",
      list_price: "480",
      currency: "EUR",
      term_months: "12",
    });
    expect([won.status, decodeURIComponent(won.location)]).toEqual([
      303,
      "/?done=Acme: PRO is won.",
    ]);
    const { data } = await control<{ data: ShownDeal[] }>(
      simulator,
      "GET",
      "/control/salesforce/deals",
    );
    const deal = data[0] as ShownDeal;
    expect((await page(`/deals/${deal.id}`)).html).toContain("86400.00");
    await submit(`/ui/deals/${deal.id}/line`, {
      id: deal.lines[0]?.id ?? "",
      quantity: "300",
      unit_price: "345.60",
    });
    expect((await page("/")).html).toContain("300 × PRO");
    await submit("/ui/faults", {
      vendor: "salesforce",
      kind: "refuse_write",
      operation: "collection.*",
      times: "",
      delay_ms: "1000",
      message: "Locked",
    });
    expect((await page("/weather")).html).toContain("Locked");
    expect((await page("/")).html).toContain("Good weather again (1 in force)");
    await submit("/ui/faults/clear", {});
    expect((await page("/weather")).html).toContain("Nothing is going wrong.");
    const wrong = await submit("/ui/win", {
      account: "Acme",
      product: "PRO",
      quantity: "x",
      unit_price: "1",
      currency: "EUR",
    });
    expect(decodeURIComponent(wrong.location)).toContain("/?failed=lines.0.quantity");
  });
});
