import { Connection } from "jsforce/lib/connection.js";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_CREDENTIALS, type RunningSimulator, startSimulator } from "../index.ts";
import { connectJsforce, control, createAssertions } from "../testing/vendor-clients.ts";

let simulator: RunningSimulator;
let crm: Connection;

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.stop());
beforeEach(async () => {
  simulator.parts.reset();
  crm = await connectJsforce(simulator);
});

interface Won {
  readonly deal_id: string;
  readonly account_id: string;
  readonly lines: readonly { readonly id: string }[];
}

const win = (more: Record<string, unknown> = {}) =>
  control<Won>(simulator, "POST", "/control/salesforce/deals", {
    account: { name: "Acme", country: "DE" },
    currency: "EUR",
    lines: [
      {
        product: "PRO",
        quantity: 250,
        unit_price: "345.60",
        list_price: "480.00",
        starts_on: "2026-12-01",
        term_months: 12,
      },
      { product: "EU-DATA", quantity: 1, unit_price: "2250.00" },
    ],
    ...more,
  });

async function refused(
  call: PromiseLike<unknown>,
): Promise<{ errorCode?: string; message: string; data?: unknown }> {
  return call.then(
    (value) => {
      throw new Error(`Expected a refusal, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error as { errorCode?: string; message: string },
  );
}

describe("logging in with jsforce", () => {
  it("names organization and user by the identity URL", async () => {
    const identity = await crm.identity();
    expect(identity.organization_id).toBe(simulator.parts.org.settings().organizationId);
    expect(identity.username).toBe("integration@usher.example");
  });

  it("refuses a wrong secret, an unknown client and an unknown grant in the vendor's words", async () => {
    const ask = async (form: Record<string, string>) => {
      const response = await fetch(`${simulator.url}/services/oauth2/token`, {
        method: "POST",
        body: new URLSearchParams(form),
      });
      return [response.status, ((await response.json()) as { error: string }).error];
    };
    const client_id = DEFAULT_CREDENTIALS.salesforceClientId;
    expect(await ask({ grant_type: "client_credentials", client_id, client_secret: "no" })).toEqual(
      [400, "invalid_client"],
    );
    expect(
      await ask({ grant_type: "client_credentials", client_id: "no", client_secret: "no" }),
    ).toEqual([400, "invalid_client_id"]);
    expect(await ask({ grant_type: "password" })).toEqual([400, "unsupported_grant_type"]);
  });

  it("takes a JWT bearer assertion signed by the registered key, and none signed by another or expired", async () => {
    const own = createAssertions();
    const foreign = createAssertions();
    await control(simulator, "PATCH", "/control/salesforce/settings", {
      jwt_public_key: own.publicKey,
    });
    const claims = {
      iss: DEFAULT_CREDENTIALS.salesforceClientId,
      sub: "integration@usher.example",
      aud: "https://login.salesforce.com",
      exp: Math.floor(Date.now() / 1000) + 120,
    };
    const grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    const ask = (assertion: string) =>
      fetch(`${simulator.url}/services/oauth2/token`, {
        method: "POST",
        body: new URLSearchParams({ grant_type, assertion }),
      });
    expect((await ask(own.assert(claims))).status).toBe(200);
    expect((await ask(foreign.assert(claims))).status).toBe(400);
    expect(await (await ask(own.assert({ ...claims, exp: 1 }))).json()).toMatchObject({
      error: "invalid_grant",
      error_description: "assertion has expired",
    });
  });

  it("ends sessions: the next call is 401 INVALID_SESSION_ID", async () => {
    await control(simulator, "POST", "/control/salesforce/expire_tokens");
    // A connection without a refresh of its own: jsforce then shows what it was answered.
    const { instanceUrl, accessToken } = crm;
    const bare = new Connection({ instanceUrl, accessToken: accessToken ?? "", version: "67.0" });
    expect((await refused(bare.limits())).errorCode).toBe("INVALID_SESSION_ID");
  });
});

describe("reading with jsforce", () => {
  it("finds a won deal with account, owner and lines in one query", async () => {
    const won = await win();
    const page = await crm.query(
      "SELECT Id, Name, IsWon, IsClosed, Amount, CurrencyIsoCode, SystemModstamp, Account.Name, Account.BillingCountryCode, Owner.Email, LastModifiedBy.Email, (SELECT Id, Quantity, UnitPrice, ListPrice, TotalPrice, ServiceDate, Usher_Term_Months__c, Product2.ProductCode, CurrencyIsoCode FROM OpportunityLineItems ORDER BY Id) FROM Opportunity WHERE IsWon = true",
    );
    expect(page).toMatchObject({ totalSize: 1, done: true });
    expect(page.records[0]).toMatchObject({
      attributes: {
        type: "Opportunity",
        url: `/services/data/v67.0/sobjects/Opportunity/${won.deal_id}`,
      },
      Id: won.deal_id,
      IsWon: true,
      IsClosed: true,
      Amount: 250 * 345.6 + 2250,
      CurrencyIsoCode: "EUR",
      Account: { Name: "Acme", BillingCountryCode: "DE" },
      Owner: { Email: "ana.flores@seller.example" },
      OpportunityLineItems: {
        totalSize: 2,
        done: true,
        records: [
          {
            Quantity: 250,
            UnitPrice: 345.6,
            ListPrice: 480,
            TotalPrice: 86_400,
            ServiceDate: "2026-12-01",
            Usher_Term_Months__c: 12,
            Product2: { ProductCode: "PRO" },
            CurrencyIsoCode: "EUR",
          },
          { Quantity: 1, UnitPrice: 2250, Product2: { ProductCode: "EU-DATA" } },
        ],
      },
    });
    expect(page.records[0]?.["SystemModstamp"]).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000$/,
    );
  });

  it("pages by query locator, and jsforce follows it to the end", async () => {
    await control(simulator, "PATCH", "/control/salesforce/settings", { page_size_max: 3 });
    for (let number = 0; number < 8; number += 1) await win({ name: `Deal ${number}` });
    const first = await crm.query("SELECT Id FROM Opportunity ORDER BY Id");
    expect(first).toMatchObject({ totalSize: 8, done: false });
    expect(first.records).toHaveLength(3);
    const all = await crm.query("SELECT Id FROM Opportunity ORDER BY Id", {
      autoFetch: true,
      maxFetch: 100,
    });
    expect(all.records).toHaveLength(8);
    await control(simulator, "POST", "/control/salesforce/expire_locators");
    expect((await refused(crm.queryMore(first.nextRecordsUrl ?? ""))).errorCode).toBe(
      "INVALID_QUERY_LOCATOR",
    );
  });

  it("honors the batch size a caller asks for, within the vendor's bounds", async () => {
    const accounts = Array.from({ length: 250 }, (_, index) => ({ name: `A${index}` }));
    await control(simulator, "POST", "/control/salesforce/bulk", { accounts });
    const page = await crm.query("SELECT Id FROM Account", {
      headers: { "Sforce-Query-Options": "batchSize=10" },
    });
    expect(page.records).toHaveLength(200);
    expect(page.totalSize).toBe(250);
  });

  it("describes objects and fields; status fields only while they are deployed", async () => {
    const names = (await crm.describe("Opportunity")).fields.map((field) => field.name);
    expect(names).toEqual(
      expect.arrayContaining(["IsWon", "Usher_Status__c", "Usher_Seq__c", "Usher_Order_Id__c"]),
    );
    expect((await crm.describeGlobal()).sobjects.map((one) => one.name)).toContain(
      "OpportunityLineItem",
    );
    await control(simulator, "PATCH", "/control/salesforce/settings", { fields_deployed: false });
    const bare = (await crm.describe("Opportunity")).fields.map((field) => field.name);
    expect(bare.filter((name) => name.startsWith("Usher_"))).toEqual([]);
    expect((await refused(crm.query("SELECT Usher_Status__c FROM Opportunity"))).errorCode).toBe(
      "INVALID_FIELD",
    );
  });

  it("names malformed queries and unknown fields in the vendor's codes", async () => {
    expect((await refused(crm.query("SELECT Id FRM Opportunity"))).errorCode).toBe(
      "MALFORMED_QUERY",
    );
    expect((await refused(crm.query("SELECT Nope FROM Opportunity"))).errorCode).toBe(
      "INVALID_FIELD",
    );
    expect((await refused(crm.sobject("Nope").retrieve("006000000000000AAA"))).errorCode).toBe(
      "NOT_FOUND",
    );
  });

  it("hides deleted rows from query, shows them to queryAll and lists them as deleted", async () => {
    const { deal_id } = await win();
    await control(simulator, "DELETE", `/control/salesforce/deals/${deal_id}`);
    expect((await crm.query("SELECT Id FROM Opportunity")).totalSize).toBe(0);
    expect(
      (await crm.query("SELECT Id, IsDeleted FROM Opportunity", { scanAll: true })).records[0],
    ).toMatchObject({ IsDeleted: true });
    const span = [
      new Date(Date.now() - 60_000).toISOString(),
      new Date(Date.now() + 60_000).toISOString(),
    ] as const;
    expect((await crm.deleted("Opportunity", ...span)).deletedRecords.map((one) => one.id)).toEqual(
      [deal_id],
    );
    expect(
      (await refused(crm.sobject("Opportunity").update({ Id: deal_id, Name: "x" }))).errorCode,
    ).toBe("ENTITY_IS_DELETED");
  });

  it("counts API calls in Sforce-Limit-Info and refuses above the limit with 403", async () => {
    await crm.limits();
    const { used, limit } = crm.limitInfo.apiUsage ?? { used: 0, limit: 0 };
    expect(limit).toBe(5_000_000);
    await control(simulator, "PATCH", "/control/salesforce/settings", { api_limit: used + 1 });
    await crm.limits();
    const response = await fetch(`${simulator.url}/services/data/v67.0/limits`, {
      headers: { authorization: `Bearer ${crm.accessToken}` },
    });
    expect(response.status).toBe(403);
    expect(response.headers.get("sforce-limit-info")).toBe(`api-usage=${used + 2}/${used + 1}`);
    expect(response.headers.get("retry-after")).toBeNull();
    expect(await response.json()).toMatchObject([{ errorCode: "REQUEST_LIMIT_EXCEEDED" }]);
  });
});

describe("writing with jsforce", () => {
  it("creates, reads, updates and deletes a record", async () => {
    const made = await crm
      .sobject("Account")
      .create({ Name: "Zoë & Söhne 🚀", BillingCountry: "Österreich" });
    expect(made).toMatchObject({ success: true, id: expect.stringMatching(/^001\w{15}$/) });
    const id = made.id ?? "";
    await crm.sobject("Account").update({ Id: id, Website: "https://zoe.example" });
    expect(await crm.sobject("Account").retrieve(id)).toMatchObject({
      Name: "Zoë & Söhne 🚀",
      Website: "https://zoe.example",
    });
    await crm.sobject("Account").destroy(id);
    expect((await refused(crm.sobject("Account").retrieve(id))).errorCode).toBe(
      "ENTITY_IS_DELETED",
    );
  });

  it("refuses what the vendor refuses, with its codes", async () => {
    const { deal_id } = await win();
    const code = async (call: PromiseLike<unknown>) => (await refused(call)).errorCode;
    expect(await code(crm.sobject("Opportunity").create({ Name: "x" }))).toBe(
      "REQUIRED_FIELD_MISSING",
    );
    expect(await code(crm.sobject("Opportunity").update({ Id: deal_id, Nope__c: 1 }))).toBe(
      "INVALID_FIELD",
    );
    expect(await code(crm.sobject("Opportunity").update({ Id: deal_id, IsWon: true }))).toBe(
      "INVALID_FIELD_FOR_INSERT_UPDATE",
    );
    expect(
      await code(
        crm.sobject("Opportunity").update({ Id: deal_id, Usher_Summary__c: "x".repeat(256) }),
      ),
    ).toBe("STRING_TOO_LONG");
    expect(await code(crm.sobject("Opportunity").update({ Id: deal_id, Amount: "a lot" }))).toBe(
      "JSON_PARSER_ERROR",
    );
    expect(await code(crm.sobject("Opportunity").update({ Id: deal_id, AccountId: "x" }))).toBe(
      "MALFORMED_ID",
    );
    expect(
      await code(
        crm.sobject("Opportunity").update({ Id: deal_id, AccountId: "001000000000000AAA" }),
      ),
    ).toBe("INVALID_CROSS_REFERENCE_KEY");
    expect(
      await code(crm.sobject("Opportunity").update({ Id: "006000000000000AAA", Name: "x" })),
    ).toBe("NOT_FOUND");
  });

  it("keeps an account that won deals hang on", async () => {
    const { account_id } = await win();
    expect((await refused(crm.sobject("Account").destroy(account_id))).errorCode).toBe(
      "DELETE_FAILED",
    );
  });

  it("upserts by external id: made, then found, then refused when the body repeats it", async () => {
    const path = "/services/data/v67.0/sobjects/Account/External_Ref__c/A%2F1%3Fx%23y";
    const call = (body: object) =>
      fetch(simulator.url + path, {
        method: "PATCH",
        headers: { authorization: `Bearer ${crm.accessToken}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    const first = await call({ Name: "One" });
    expect([first.status, await first.json()]).toEqual([
      201,
      expect.objectContaining({ created: true }),
    ]);
    const second = await call({ Name: "Two" });
    expect([second.status, await second.json()]).toEqual([
      200,
      expect.objectContaining({ created: false }),
    ]);
    expect((await call({ Name: "Three", External_Ref__c: "A/1?x#y" })).status).toBe(400);
    const found = await crm.query("SELECT Name FROM Account WHERE External_Ref__c = 'A/1?x#y'");
    expect(found.records).toMatchObject([{ Name: "Two" }]);
  });

  it("answers 300 with the places when an external id that is not unique fits several records", async () => {
    await control(simulator, "POST", "/control/salesforce/fields", {
      object: "Account",
      name: "Legacy__c",
      type: "string",
      is_external_id: true,
    });
    await crm.sobject("Account").create([
      { Name: "One", Legacy__c: "L" },
      { Name: "Two", Legacy__c: "L" },
    ]);
    const error = await refused(
      crm.sobject("Account").upsert({ Name: "x", Legacy__c: "L" }, "Legacy__c"),
    );
    expect(error.errorCode).toBe("MULTIPLE_CHOICES");
  });

  it("saves the good ones of a collection and tells of the bad ones, each in its place", async () => {
    const { deal_id } = await win();
    const results = await crm.sobject("Opportunity").update([
      { Id: deal_id, Usher_Status__c: "Active" },
      { Id: "006000000000000AAA", Usher_Status__c: "Active" },
    ]);
    expect(results).toMatchObject([
      { success: true, id: deal_id },
      { success: false, errors: [{ statusCode: "NOT_FOUND" }] },
    ]);
    const undone = await crm.sobject("Opportunity").update(
      [
        { Id: deal_id, Usher_Status__c: "Ended" },
        { Id: deal_id, Nope__c: 1 },
      ],
      { allOrNone: true },
    );
    expect(undone).toMatchObject([
      { success: false, errors: [{ statusCode: "ALL_OR_NONE_OPERATION_ROLLED_BACK" }] },
      { success: false, errors: [{ statusCode: "INVALID_FIELD" }] },
    ]);
    expect(await crm.sobject("Opportunity").retrieve(deal_id)).toMatchObject({
      Usher_Status__c: "Active",
    });
  });

  it("creates, upserts, reads and deletes collections, and refuses more than 200", async () => {
    const made = await crm.sobject("Account").create([{ Name: "A" }, { Name: "" }]);
    expect(made).toMatchObject([
      { success: true },
      { success: false, errors: [{ statusCode: "REQUIRED_FIELD_MISSING", fields: ["Name"] }] },
    ]);
    const upserted = await crm.sobject("Account").upsert(
      [
        { External_Ref__c: "r1", Name: "R1" },
        { External_Ref__c: "r1", Name: "R1b" },
      ],
      "External_Ref__c",
    );
    expect(upserted).toMatchObject([{ created: true }, { created: false }]);
    const ids = [made[0]?.id ?? "", upserted[0]?.id ?? "", "001000000000000AAA"];
    const read = await crm.retrieve("Account", ids, { fields: ["Name"] });
    expect(read).toMatchObject([{ Name: "A" }, { Name: "R1b" }, null]);
    expect(await crm.sobject("Account").destroy(ids.slice(0, 2))).toMatchObject([
      { success: true },
      { success: true },
    ]);
    const many = Array.from({ length: 201 }, () => ({ Name: "x" }));
    expect(
      (await refused(crm.requestPost("/composite/sobjects", { records: many }))).errorCode,
    ).toBe("EXCEEDED_ID_LIMIT");
  });

  it("chains subrequests of a composite, and undoes all of them when one fails and all or none is asked", async () => {
    const order = (accountId: string) => [
      {
        method: "POST",
        url: "/services/data/v67.0/sobjects/Account",
        referenceId: "account",
        body: { Name: "Chained" },
      },
      {
        method: "POST",
        url: "/services/data/v67.0/sobjects/Order",
        referenceId: "order",
        body: { AccountId: accountId, EffectiveDate: "2026-12-01", Status: "Draft" },
      },
    ];
    const good = await crm.requestPost<{ compositeResponse: { httpStatusCode: number }[] }>(
      "/composite",
      { allOrNone: true, compositeRequest: order("@{account.id}") },
    );
    expect(good.compositeResponse.map((one) => one.httpStatusCode)).toEqual([201, 201]);
    const bad = await crm.requestPost<{
      compositeResponse: { httpStatusCode: number; body: { errorCode: string }[] }[];
    }>("/composite", { allOrNone: true, compositeRequest: order("001000000000000AAA") });
    expect(bad.compositeResponse.map((one) => one.body[0]?.errorCode)).toEqual([
      "PROCESSING_HALTED",
      "INVALID_CROSS_REFERENCE_KEY",
    ]);
    expect((await crm.query("SELECT COUNT() FROM Account WHERE Name = 'Chained'")).totalSize).toBe(
      1,
    );
  });

  it("carries out each graph of a composite graph as a whole", async () => {
    const graph = (graphId: string, name: string) => ({
      graphId,
      compositeRequest: [
        {
          method: "POST",
          url: "/services/data/v67.0/sobjects/Account",
          referenceId: "a",
          body: { Name: graphId },
        },
        {
          method: "POST",
          url: "/services/data/v67.0/sobjects/Task",
          referenceId: "t",
          body: { Subject: name, WhatId: "@{a.id}" },
        },
      ],
    });
    const answer = await crm.requestPost<{ graphs: { isSuccessful: boolean }[] }>(
      "/composite/graph",
      { graphs: [graph("good", "Call"), graph("bad", "x".repeat(256))] },
    );
    expect(answer.graphs.map((one) => one.isSuccessful)).toEqual([true, false]);
    expect((await crm.query("SELECT Name FROM Account")).records).toMatchObject([{ Name: "good" }]);
  });

  it("refuses a write on a record saved later than the caller knows", async () => {
    const { deal_id } = await win();
    const call = (since: Date) =>
      fetch(`${simulator.url}/services/data/v67.0/sobjects/Opportunity/${deal_id}`, {
        method: "PATCH",
        headers: {
          authorization: `Bearer ${crm.accessToken}`,
          "content-type": "application/json",
          "if-unmodified-since": since.toUTCString(),
        },
        body: JSON.stringify({ NextStep: "call" }),
      });
    expect((await call(new Date(Date.now() - 60_000))).status).toBe(412);
    expect((await call(new Date(Date.now() + 60_000))).status).toBe(204);
  });

  it("stamps in whole seconds, shared by rows, and in the past for a late commit", async () => {
    const late = await win({ stamp_age_seconds: 30 });
    const prompt = await win({ name: "Prompt" });
    const { records } = await crm.query("SELECT Id FROM Opportunity ORDER BY SystemModstamp, Id");
    expect(records.map((row) => row["Id"])).toEqual([late.deal_id, prompt.deal_id]);
  });
});
