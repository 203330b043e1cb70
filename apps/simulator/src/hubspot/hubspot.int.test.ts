import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Signature } from "@hubspot/api-client";
import { AssociationSpecAssociationCategoryEnum as Category } from "@hubspot/api-client/lib/codegen/crm/deals/index.js";
import { FilterOperatorEnum } from "@hubspot/api-client/lib/codegen/crm/objects/index.js";
import {
  PropertyCreateFieldTypeEnum,
  PropertyCreateTypeEnum,
} from "@hubspot/api-client/lib/codegen/crm/properties/index.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_CREDENTIALS, type RunningSimulator, startSimulator } from "../index.ts";
import { connectHubSpot } from "../testing/connect-hubspot.ts";
import { control, startReceiver, until, type WebhookReceiver } from "../testing/vendor-clients.ts";

let simulator: RunningSimulator;
const receivers: WebhookReceiver[] = [];
beforeEach(async () => {
  simulator = await startSimulator({ seed: 7 });
});
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.stop();
  await simulator.stop();
});

const hubspot = () => connectHubSpot(simulator);
const today = new Date().toISOString().slice(0, 10);
const pro = { product: "PRO", quantity: "250", unit_price: "345.60", list_price: "480.00" };

interface Won {
  readonly deal_id: string;
  readonly lines: readonly { readonly id: string }[];
}
const win = (change: Record<string, unknown> = {}) =>
  control<Won>(simulator, "POST", "/control/hubspot/deals", {
    account: { name: "Acme", country: "DE" },
    currency: "EUR",
    lines: [{ ...pro, starts_on: today, term_months: 12 }],
    ...change,
  });
const settings = (change: Record<string, unknown>) =>
  control(simulator, "PATCH", "/control/hubspot/settings", change);
const refused = (call: Promise<unknown>) =>
  call.then(
    () => {
      throw new Error("was not refused");
    },
    (error: { code: number; body: Record<string, unknown>; headers: Record<string, string> }) =>
      error,
  );

describe("records", () => {
  it("a won deal shows its properties as text, its lines and its company", async () => {
    const { deal_id } = await win();
    const deal = await hubspot().crm.deals.basicApi.getById(
      deal_id,
      ["dealname", "amount", "hs_is_closed_won", "deal_currency_code", "closedate"],
      undefined,
      ["line_items", "companies"],
    );
    expect(deal.properties).toMatchObject({
      amount: "86400",
      hs_is_closed_won: "true",
      deal_currency_code: "EUR",
      closedate: `${today}T12:00:00.000Z`,
    });
    expect(Object.keys(deal.associations ?? {})).toEqual(["line items", "companies"]);
    const [line] = deal.associations?.["line items"]?.results ?? [];
    const read = await hubspot().crm.lineItems.basicApi.getById(line?.id ?? "", [
      "price",
      "quantity",
      "hs_sku",
      "hs_recurring_billing_start_date",
      "hs_recurring_billing_period",
    ]);
    expect(read.properties).toMatchObject({
      price: "345.60",
      quantity: "250",
      hs_sku: "PRO",
      hs_recurring_billing_start_date: today,
      hs_recurring_billing_period: "P12M",
    });
  });

  it("are created with associations, updated and archived by the SDK", async () => {
    const { crm } = hubspot();
    const company = await crm.companies.basicApi.create({
      properties: { name: "Bolt" },
      associations: [],
    });
    const deal = await crm.deals.basicApi.create({
      properties: { dealname: "Bolt: one" },
      associations: [
        {
          to: { id: company.id },
          types: [{ associationCategory: Category.HubspotDefined, associationTypeId: 341 }],
        },
      ],
    });
    const linked = await crm.associations.v4.batchApi.getPage("deals", "companies", {
      inputs: [{ id: deal.id }],
    });
    expect(linked.results[0]?.to[0]?.associationTypes.map(({ typeId }) => typeId)).toEqual([
      5, 341,
    ]);
    const updated = await crm.deals.basicApi.update(deal.id, { properties: { dealname: "two" } });
    expect(updated.properties["dealname"]).toBe("two");
    await crm.deals.basicApi.archive(deal.id);
    expect((await refused(crm.deals.basicApi.getById(deal.id))).code).toBe(404);
  });

  it("a line's edit that leaves its amount leaves the deal's stamp; one that changes it does not", async () => {
    const { deal_id, lines } = await win();
    const stamp = async () =>
      (await hubspot().crm.deals.basicApi.getById(deal_id)).properties["hs_lastmodifieddate"];
    const before = await stamp();
    const id = lines[0]?.id ?? "";
    const { basicApi } = hubspot().crm.lineItems;
    await basicApi.update(id, { properties: { hs_recurring_billing_start_date: "2030-01-01" } });
    expect(await stamp()).toBe(before);
    await basicApi.update(id, { properties: { quantity: "251" } });
    expect(await stamp()).not.toBe(before);
  });

  it.each([
    [{ nonsense: "1" }, "PROPERTY_DOESNT_EXIST"],
    [{ hs_is_closed_won: "true" }, "READ_ONLY_VALUE"],
    [{ amount: "many" }, "INVALID_INTEGER"],
    [{ usher_status: "Thriving" }, "INVALID_OPTION"],
    [{ closedate: "soon" }, "INVALID_DATE"],
  ])("a write of %j is refused as %s", async (properties, code) => {
    const { deal_id } = await win();
    const error = await refused(
      hubspot().crm.deals.basicApi.update(deal_id, { properties: properties as never }),
    );
    expect(error.code).toBe(400);
    expect(error.body).toMatchObject({ category: "VALIDATION_ERROR", errors: [{ code }] });
  });

  it("a date that is not midnight UTC is refused", async () => {
    const { lines } = await win();
    const at = { hs_recurring_billing_start_date: "2026-05-01T08:00:00Z" };
    const error = await refused(
      hubspot().crm.lineItems.basicApi.update(lines[0]?.id ?? "", { properties: at }),
    );
    expect(String(error.body["message"])).toContain("not midnight");
  });
});

describe("batches", () => {
  it("a read of one that is gone is a 207 the SDK resolves: the others are there", async () => {
    const { deal_id } = await win();
    const read = await hubspot().crm.deals.batchApi.readWithHttpInfo({
      inputs: [{ id: deal_id }, { id: "999" }],
      properties: ["dealname"],
      propertiesWithHistory: [],
    });
    expect(read.httpStatusCode).toBe(207);
    expect(read.data).toMatchObject({
      results: [{ id: deal_id }],
      errors: [{ category: "OBJECT_NOT_FOUND", context: { ids: ["999"] } }],
    });
  });

  it("a bad update fails alone, with its id and its trace", async () => {
    const [good, bad] = [await win(), await win()];
    const answer = await hubspot().crm.deals.batchApi.update({
      inputs: [
        { id: good.deal_id, objectWriteTraceId: "a", properties: { usher_seq: "1" } },
        { id: bad.deal_id, objectWriteTraceId: "b", properties: { usher_seq: "x" } },
      ],
    });
    expect(answer).toMatchObject({
      results: [{ id: good.deal_id, objectWriteTraceId: "a" }],
      numErrors: 1,
      errors: [{ context: { ids: [bad.deal_id], objectWriteTraceId: ["b"] } }],
    });
  });

  it("a create without trace ids fails as a whole; with them the good one is made", async () => {
    const { batchApi, searchApi } = hubspot().crm.deals;
    const inputs = [
      { properties: { dealname: "good" }, associations: [] },
      { properties: { nonsense: "1" }, associations: [] },
    ];
    expect((await refused(batchApi.create({ inputs }))).code).toBe(400);
    const count = async () => (await searchApi.doSearch({ filterGroups: [] })).total;
    expect(await count()).toBe(0);
    const traced = inputs.map((input, at) => ({ ...input, objectWriteTraceId: `t${at}` }));
    expect(await batchApi.create({ inputs: traced })).toMatchObject({ numErrors: 1 });
    expect(await count()).toBe(1);
  });

  it("more than 100 inputs are refused, and so is one id twice", async () => {
    const { batchApi } = hubspot().crm.deals;
    const many = Array.from({ length: 101 }, (_, at) => ({ id: String(at) }));
    const read = batchApi.read({ inputs: many, properties: [], propertiesWithHistory: [] });
    expect((await refused(read)).code).toBe(400);
    const { deal_id } = await win();
    const input = { id: deal_id, properties: { usher_seq: "1" } };
    expect((await refused(batchApi.update({ inputs: [input, input] }))).code).toBe(400);
  });

  it("an upsert by a unique property changes the record that has the value, and makes it when none has", async () => {
    const { batchApi } = hubspot().crm.deals;
    const upsert = (dealname: string) =>
      batchApi.upsert({
        inputs: [{ id: "ord_1", idProperty: "usher_order_id", properties: { dealname } }],
      });
    const [first, second] = [await upsert("one"), await upsert("two")];
    expect(second.results[0]?.id).toBe(first.results[0]?.id);
    expect(second.results[0]?.properties["dealname"]).toBe("two");
  });

  it("a unique value that another record has is refused", async () => {
    const [one, two] = [await win(), await win()];
    const { basicApi } = hubspot().crm.deals;
    await basicApi.update(one.deal_id, { properties: { usher_order_id: "ord_1" } });
    const again = basicApi.update(two.deal_id, { properties: { usher_order_id: "ord_1" } });
    expect((await refused(again)).code).toBe(400);
  });

  it("a record without links is told as an error beside those that have some", async () => {
    const { deal_id } = await win();
    const bare = await win({ account: null });
    const read = await hubspot().crm.associations.v4.batchApi.getPage("deals", "companies", {
      inputs: [{ id: deal_id }, { id: bare.deal_id }],
    });
    expect(read.results.map(({ _from }) => _from.id)).toEqual([deal_id]);
    expect(read).toMatchObject({
      errors: [{ subCategory: "crm.associations.NO_ASSOCIATIONS_FOUND" }],
    });
  });
});

describe("search", () => {
  const search = (body: Record<string, unknown>) =>
    hubspot().crm.deals.searchApi.doSearch(body as never);
  const filter = (propertyName: string, operator: FilterOperatorEnum, value?: string) => ({
    propertyName,
    operator,
    ...(value === undefined ? {} : { value }),
  });

  it("groups are alternatives, filters of a group hold together, and pages go by id", async () => {
    const won = await Promise.all([win(), win(), win()]);
    await win({ stage: "Closed Lost" });
    const ids = won.map(({ deal_id }) => deal_id).sort();
    const group = (id: string) => ({
      filters: [
        filter("hs_is_closed_won", FilterOperatorEnum.Eq, "true"),
        filter("hs_object_id", FilterOperatorEnum.Gt, id),
      ],
    });
    const first = await search({ filterGroups: [group("0")], limit: 2, sorts: ["hs_object_id"] });
    expect(first.results.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const last = first.results.at(-1)?.id ?? "";
    const second = await search({ filterGroups: [group(last)], limit: 2, sorts: ["hs_object_id"] });
    expect(second.results.map(({ id }) => id)).toEqual(ids.slice(2));
  });

  it.each([
    ["paging beyond the 10,000th", { after: "9900", limit: 200 }],
    ["a page above 200", { limit: 201 }],
    ["six groups", { filterGroups: Array.from({ length: 6 }, () => ({ filters: [] })) }],
    [
      "an unknown property",
      { filterGroups: [{ filters: [filter("nope", FilterOperatorEnum.Eq, "1")] }] },
    ],
  ])("%s is a 400", async (_, body) => {
    expect((await refused(search(body))).code).toBe(400);
  });

  it("what was just written is found only after the lag", async () => {
    await settings({ search_lag_ms: 60_000 });
    await win();
    expect((await search({ filterGroups: [] })).total).toBe(0);
    await settings({ search_lag_ms: 0 });
    expect((await search({ filterGroups: [] })).total).toBe(1);
  });

  it("the sixth search of a second is refused as SECONDLY, without limit headers", async () => {
    await settings({ searches_per_second_max: 5 });
    for (let nth = 0; nth < 5; nth += 1) await search({ filterGroups: [] });
    const error = await refused(search({ filterGroups: [] }));
    expect(error.code).toBe(429);
    expect(error.body).toMatchObject({ errorType: "RATE_LIMIT", policyName: "SECONDLY" });
    expect(Object.keys(error.headers).join()).not.toContain("ratelimit");
  });
});

describe("properties and people", () => {
  it("a property is created in its group once, and a second time refused", async () => {
    const { coreApi, groupsApi } = hubspot().crm.properties;
    await groupsApi.create("deals", { name: "extra", label: "Extra" });
    const property = {
      name: "extra_seats",
      label: "Seats",
      groupName: "extra",
      type: PropertyCreateTypeEnum.Number,
      fieldType: PropertyCreateFieldTypeEnum.Number,
    };
    await coreApi.create("deals", property);
    expect((await refused(coreApi.create("deals", property))).code).toBe(409);
    const { deal_id } = await win();
    const { basicApi } = hubspot().crm.deals;
    await basicApi.update(deal_id, { properties: { extra_seats: "7" } });
    const read = await basicApi.getById(deal_id, ["extra_seats"]);
    expect(read.properties["extra_seats"]).toBe("7");
  });

  it("an owner is found by id, with a mail address", async () => {
    await win({ owner: { name: "Sam Seller", email: "sam@seller.example" } });
    const page = await hubspot().crm.owners.ownersApi.getPage("sam@seller.example");
    const owner = await hubspot().crm.owners.ownersApi.getById(Number(page.results[0]?.id));
    expect(owner).toMatchObject({ firstName: "Sam", lastName: "Seller" });
  });
});

describe("tokens and limits", () => {
  const tokens = () =>
    hubspot().oauth.tokensApi.create(
      "refresh_token",
      undefined,
      undefined,
      DEFAULT_CREDENTIALS.hubspotClientId,
      DEFAULT_CREDENTIALS.hubspotClientSecret,
      DEFAULT_CREDENTIALS.hubspotRefreshToken,
    );

  it("a refreshed token works until it expires, and then says so by category", async () => {
    const { accessToken, expiresIn } = await tokens();
    expect(expiresIn).toBe(1_800);
    const client = connectHubSpot(simulator, accessToken);
    await client.crm.deals.basicApi.getPage();
    await control(simulator, "POST", "/control/hubspot/expire_tokens");
    const error = await refused(client.crm.deals.basicApi.getPage());
    expect(error.code).toBe(401);
    expect(error.body).toMatchObject({ category: "EXPIRED_AUTHENTICATION" });
  });

  it("an unknown token is INVALID_AUTHENTICATION; a missing scope is named", async () => {
    const error = await refused(connectHubSpot(simulator, "nobody").crm.deals.basicApi.getPage());
    expect(error.body).toMatchObject({ category: "INVALID_AUTHENTICATION" });
    await settings({ scopes: ["crm.objects.companies.read"] });
    const missing = await refused(hubspot().crm.deals.basicApi.getPage());
    expect(missing.code).toBe(403);
    expect(JSON.stringify(missing.body)).toContain("crm.objects.deals.read");
  });

  it("the daily limit and the burst have bodies of their own; daily headers are absent for OAuth", async () => {
    const own = await hubspot().crm.deals.basicApi.getPageWithHttpInfo();
    expect(own.headers["x-hubspot-ratelimit-daily-remaining"]).toMatch(/^\d+$/);
    const { accessToken } = await tokens();
    const oauth = await connectHubSpot(
      simulator,
      accessToken,
    ).crm.deals.basicApi.getPageWithHttpInfo();
    expect(oauth.headers["x-hubspot-ratelimit-max"]).toMatch(/^\d+$/);
    expect(oauth.headers["x-hubspot-ratelimit-daily"]).toBeUndefined();
    await settings({ calls_per_ten_seconds_max: 0 });
    const burst = await refused(hubspot().crm.deals.basicApi.getPage());
    expect(burst.body).toMatchObject({ policyName: "TEN_SECONDLY_ROLLING" });
    await settings({ calls_per_day_max: 0 });
    const daily = await refused(hubspot().crm.deals.basicApi.getPage());
    expect(daily.body).toMatchObject({ errorType: "RATE_LIMIT", policyName: "DAILY" });
  });
});

describe("webhooks and the journal", () => {
  async function receiver() {
    const one = await startReceiver();
    receivers.push(one);
    await control(simulator, "POST", "/control/webhooks", {
      vendor: "hubspot",
      url: one.url,
      secret: "client-secret",
    });
    return one;
  }
  const eventsOf = (one: WebhookReceiver) =>
    one.received.flatMap(({ body }) => JSON.parse(body) as Record<string, unknown>[]);

  it("events come in arrays, signed so that HubSpot's own Signature agrees", async () => {
    const hub = await receiver();
    const { deal_id } = await win();
    await until("a change of stage", () =>
      eventsOf(hub).some((event) => event["propertyName"] === "dealstage"),
    );
    for (const { body, headers } of hub.received) {
      expect(Array.isArray(JSON.parse(body))).toBe(true);
      const isGenuine = Signature.isValid({
        signatureVersion: "v3",
        method: "POST",
        clientSecret: "client-secret",
        requestBody: body,
        url: hub.url,
        signature: headers["x-hubspot-signature-v3"] ?? "",
        timestamp: Number(headers["x-hubspot-request-timestamp"]),
      });
      expect(isGenuine).toBe(true);
    }
    const stage = eventsOf(hub).find((event) => event["propertyName"] === "dealstage");
    expect(stage).toMatchObject({
      objectId: Number(deal_id),
      subscriptionType: "deal.propertyChange",
      attemptNumber: 0,
      changeSource: "CRM_UI",
    });
  });

  it("150 events are two requests of at most 100", async () => {
    const hub = await receiver();
    const opportunities = Array.from({ length: 75 }, (_, at) => ({
      ref: `r${at}`,
      lines: [{ product: "PRO", quantity: "1", unit_price: "1" }],
    }));
    await control(simulator, "POST", "/control/hubspot/bulk", { opportunities, notify: true });
    await until(
      "all events",
      () =>
        eventsOf(hub).filter((one) => one["subscriptionType"] === "deal.creation").length === 75,
    );
    for (const { body } of hub.received)
      expect((JSON.parse(body) as unknown[]).length).toBeLessThanOrEqual(100);
  });

  it.each([400, 401, 403, 404, 405])("a refusal with %i is not sent again", async (status) => {
    const hub = await receiver();
    hub.answers.push(...Array.from({ length: 50 }, () => status));
    await win();
    await until("the first attempt", () => hub.received.length > 0);
    await until("nothing under way", async () => {
      const { pending } = await control<{ pending: Record<string, number> }>(
        simulator,
        "GET",
        "/control/webhooks",
      );
      return pending["hubspot"] === 0;
    });
    const attempts = new Set(eventsOf(hub).map((event) => event["attemptNumber"]));
    expect([...attempts]).toEqual([0]);
  });

  it.each([429, 500, 503])(
    "a refusal with %i is sent again, with the next attempt number",
    async (status) => {
      const hub = await receiver();
      hub.answers.push(status);
      await win();
      await until("a second attempt", () =>
        eventsOf(hub).some((event) => event["attemptNumber"] === 1),
      );
    },
  );

  it("the journal gives what was subscribed to, in order, and 404 for an expired offset", async () => {
    const { portal_id } = await control<{ portal_id: number }>(
      simulator,
      "GET",
      "/control/hubspot/settings",
    );
    const token = (await (
      await fetch(`${simulator.hubspot.url}/oauth/v1/token`, {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: DEFAULT_CREDENTIALS.hubspotClientId,
          client_secret: DEFAULT_CREDENTIALS.hubspotClientSecret,
          scope: "developer.webhooks_journal.read developer.webhooks_journal.subscriptions.write",
        }),
      })
    ).json()) as { access_token: string };
    const call = (path: string, body?: unknown) =>
      fetch(`${simulator.hubspot.url}/webhooks-journal/${path}`, {
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
        headers: { authorization: `Bearer ${token.access_token}` },
      });
    await call("subscriptions/2026-03", {
      subscriptionType: "OBJECT",
      portalId: portal_id,
      objectTypeId: "0-3",
      actions: ["CREATE", "UPDATE", "DELETE"],
      objectIds: [],
      properties: [],
    });
    const base = "journal-local/2026-03";
    expect((await call(`${base}/earliest`)).status).toBe(204);
    const { deal_id } = await win();
    const first = (await (await call(`${base}/earliest`)).json()) as {
      url: string;
      currentOffset: string;
    };
    const file = (await (await fetch(first.url)).json()) as {
      journalEvents: Record<string, unknown>[];
    };
    expect(file.journalEvents[0]).toMatchObject({
      action: "CREATE",
      objectTypeId: "0-3",
      objectId: Number(deal_id),
    });
    expect((await call(`${base}/offset/${first.currentOffset}/next`)).status).toBe(204);
    await settings({ journal_kept_ms: 0 });
    await until("the entry to age", async () => (await call(`${base}/earliest`)).status === 204);
    expect((await call(`${base}/offset/${first.currentOffset}/next`)).status).toBe(404);
    expect((await fetch(first.url.replace(/signature=.*/, "signature=x"))).status).toBe(403);
  });
});

it("a portal in a journal folder is the same after the process has ended", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hubspot-portal-"));
  try {
    const first = await startSimulator({ folder });
    const { portal_id } = await control<{ portal_id: number }>(
      first,
      "GET",
      "/control/hubspot/settings",
    );
    const { deal_id } = await control<Won>(first, "POST", "/control/hubspot/deals", {
      account: { name: "Acme" },
      lines: [pro],
    });
    await first.stop();
    const second = await startSimulator({ folder });
    const { crm } = connectHubSpot(second);
    const deal = await crm.deals.basicApi.getById(deal_id, undefined, undefined, ["line_items"]);
    expect(deal.associations?.["line items"]?.results).toHaveLength(1);
    expect(second.parts.portal.settings().portalId).toBe(portal_id);
    await second.stop();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
