import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createNetsuiteConnector } from "./netsuite-connector.ts";

const { privateKey } = generateKeyPairSync("ec", {
  namedCurve: "P-256",
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const good = { accountId: "1234567_SB1", clientId: "c", certificateId: "k", privateKey };

function connect(change: Readonly<Record<string, unknown>>) {
  return () =>
    createNetsuiteConnector().connect(
      { connectionId: "con_1", config: { ...good, ...change } },
      { fetch, now: Date.now },
    );
}

describe("a NetSuite connection's configuration", () => {
  it("connects without making a call", () => {
    expect(connect({})().erp).not.toBeNull();
  });

  it.each([
    ["accountId", { accountId: "1234567.suitetalk" }],
    ["baseUrl", { baseUrl: "http://example.com" }],
    ["clientId", { clientId: "" }],
    ["privateKey", { privateKey: "canary-secret" }],
    ["subsidiary", { subsidiary: "Parent Company" }],
    ["orderWrites", { orderWrites: "later" }],
    ["concurrentCallsMax", { concurrentCallsMax: 0 }],
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
