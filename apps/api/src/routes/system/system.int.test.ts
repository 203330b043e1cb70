import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, startApiRig } from "../../testing/api-rig.ts";
import { grantedCustomer } from "../../testing/granted-customer.ts";

let rig: ApiRig;
beforeAll(async () => {
  rig = await startApiRig();
});
afterAll(() => rig.stop());

describe("the hub about itself", () => {
  it("is alive, and ready with a reason for each part; Temporal may be away", async () => {
    expect((await rig.get("/healthz", { key: "" })).json.status).toBe("alive");
    const { json, status } = await rig.get("/readyz", { key: "" });
    expect(status).toBe(200);
    expect(json.checks).toMatchObject([
      { name: "database", ok: true },
      { name: "migrations", ok: true },
      {
        name: "temporal",
        ok: false,
        required: false,
        detail: expect.stringContaining("no Temporal"),
      },
      { name: "signing_key", ok: true },
      { name: "check_table", ok: true },
      { name: "connectors", ok: true, required: false, detail: "signed" },
    ]);
  });

  it("tells metrics without a name, a key or an id of anybody", async () => {
    const { externalId } = await grantedCustomer(rig);
    await rig.post("/v1/check", { body: { customer: `ext:${externalId}`, feature: "sso" } });
    const { text, headers } = await rig.get("/metrics", { key: "" });
    expect(headers.get("content-type")).toContain("text/plain");
    expect(text).toContain("usher_http_request_duration_seconds_bucket");
    expect(text).toContain("usher_check_table_lag_seconds");
    expect(text).not.toContain(externalId);
    expect(text).not.toContain(rig.tenant.id);
  });

  it("serves its own document", async () => {
    const { json, headers } = await rig.get("/openapi.json", { key: "" });
    expect(json.openapi).toBe("3.1.0");
    expect(
      (
        await rig.get("/openapi.json", {
          key: "",
          headers: { "If-None-Match": headers.get("etag") ?? "" },
        })
      ).status,
    ).toBe(304);
  });

  it("writes JSON log lines with trace and operation, and never a key or a body", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await rig.get("/v1/orders?customer=ext:secret-customer", { headers: { traceparent } });
    await rig.get("/v1/orders", {
      key: "",
      headers: { Authorization: "Bearer usher_sk_live_garbage" },
    });
    const lines = rig.logged.map((line) => JSON.parse(line));
    expect(
      lines.find((line) => line.trace_id === "0af7651916cd43dd8448eb211c80319c"),
    ).toMatchObject({ operation: "listOrders", status: 200, level: "info", service: "api-test" });
    const text = rig.logged.join("");
    for (const hidden of [rig.tenant.key, "usher_sk_live_garbage", "secret-customer"])
      expect(text).not.toContain(hidden);
  });

  it("says on every answer what is needed to find it again", async () => {
    for (const path of ["/v1/orders", "/healthz", "/v1/nowhere"]) {
      const { headers } = await rig.get(path);
      expect(headers.get("x-request-id")).toMatch(/^req_/);
      expect(headers.get("traceparent")).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-0\d$/);
      expect(headers.get("usher-version")).toBe("2026-11-24");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });
});
