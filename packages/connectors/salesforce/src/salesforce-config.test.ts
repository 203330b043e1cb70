import { describe, expect, it } from "vitest";
import { createSalesforceConnector } from "./salesforce-connector.ts";

const good = {
  authKind: "client_credentials",
  loginUrl: "https://acme.my.salesforce.com",
  clientId: "id",
  clientSecret: "canary-secret",
  currency: "USD",
};

function connect(change: Readonly<Record<string, unknown>>) {
  return () =>
    createSalesforceConnector().connect(
      { connectionId: "con_1", config: { ...good, ...change } },
      { fetch, now: Date.now },
    );
}

describe("a Salesforce connection's configuration", () => {
  it("connects without making a call", () => {
    expect(connect({})().crm).not.toBeNull();
  });

  it.each([
    ["loginUrl", { loginUrl: "not a url" }],
    ["loginUrl", { loginUrl: "http://acme.my.salesforce.com" }],
    ["clientSecret", { clientSecret: "" }],
    ["authKind", { authKind: "password" }],
    ["currency", { currency: null }],
    ["fieldPrefix", { fieldPrefix: "a; DROP" }],
    ["kindField", { kindField: "Type) FROM User" }],
    ["pageSize", { pageSize: 2_001 }],
    ["unknownField", { unknownField: 1 }],
  ])("names %s when it is wrong, and never shows a secret", (field, change) => {
    let thrown: unknown;
    try {
      connect(change)();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      detail: { category: "config", message: expect.stringContaining(field) },
    });
    expect(String(thrown)).not.toContain("canary-secret");
  });
});
