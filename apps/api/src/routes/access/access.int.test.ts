import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, keyOf, startApiRig } from "../../testing/api-rig.ts";

let rig: ApiRig;
beforeAll(async () => {
  rig = await startApiRig({ limits: { requestsPerSecond: 50 } });
});
afterAll(() => rig.stop());

describe("API keys", () => {
  it("are shown once, work by their scopes, and are known by their beginning", async () => {
    const made = await rig.post("/v1/api_keys", { body: { name: "checkout", scopes: ["check"] } });
    expect(made.status).toBe(201);
    expect(made.json.api_key).toMatch(/^usher_sk_live_[0-9A-Za-z]{49}$/);
    expect(made.headers.get("cache-control")).toBe("no-store");
    const list = await rig.get("/v1/api_keys");
    expect(list.text).not.toContain(made.json.api_key);
    expect(list.json.data.find((key: { id: string }) => key.id === made.json.id)).toMatchObject({
      prefix: made.json.api_key.slice(0, 18),
      scopes: ["check"],
    });
    expect(
      (
        await rig.post("/v1/check", {
          key: made.json.api_key,
          body: { customer: "ext:1", feature: "sso" },
        })
      ).status,
    ).toBe(200);
    expect((await rig.get("/v1/orders", { key: made.json.api_key })).json.code).toBe(
      "missing_scope",
    );
  });

  it("cannot give more than they hold", async () => {
    const manager = await rig.inTenant((tx) =>
      keyOf(tx, { name: "manager", scopes: ["api_keys:manage", "check"] }),
    );
    const make = (scopes: readonly string[]) =>
      rig.post("/v1/api_keys", { key: manager, body: { name: "x", scopes } });
    expect((await make(["check"])).status).toBe(201);
    expect((await make(["orders:write"])).json.code).toBe("missing_scope");
    expect((await make(["*"])).json.code).toBe("missing_scope");
  });

  it("are refused with an unknown scope, an end that has passed, or an unknown user", async () => {
    const make = (body: object) =>
      rig.post("/v1/api_keys", { body: { name: "x", scopes: ["check"], ...body } });
    expect((await make({ scopes: ["everything"] })).json.errors[0].pointer).toBe("/scopes/0");
    expect((await make({ expires_at: "2020-01-01T00:00:00Z" })).json.errors[0].pointer).toBe(
      "/expires_at",
    );
    expect((await make({ user_email: "nobody@ours.test" })).status).toBe(404);
  });

  it("revoked again answer as before", async () => {
    const made = await rig.post("/v1/api_keys", { body: { name: "short", scopes: ["check"] } });
    const first = await rig.post(`/v1/api_keys/${made.json.id}/revoke`);
    const second = await rig.post(`/v1/api_keys/${made.json.id}/revoke`);
    expect(second.json.revoked_at).toBe(first.json.revoked_at);
  });

  it("show when they were last used", async () => {
    await rig.get("/v1/users");
    await rig.api.flush();
    const list = await rig.get("/v1/api_keys");
    expect(
      list.json.data.find((key: { name: string }) => key.name === "everything").last_used_at,
    ).toMatch(/Z$/);
  });

  it("are slowed down one by one, and told when to come back", async () => {
    const busy = await rig.inTenant((tx) => keyOf(tx, { name: "busy" }));
    const answers = await Promise.all(
      Array.from({ length: 120 }, () => rig.get("/v1/users", { key: busy })),
    );
    const refused = answers.filter((one) => one.status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.json.code).toBe("too_many_requests");
    expect(refused[0]?.headers.get("retry-after")).toBe("1");
    expect(answers[0]?.headers.get("ratelimit-policy")).toBe('"requests";q=50;w=1');
    const other = await rig.inTenant((tx) => keyOf(tx, { name: "patient" }));
    expect((await rig.get("/v1/users", { key: other })).status).toBe(200);
  });
});

describe("users", () => {
  it("are known by their address: sending one again changes name and groups", async () => {
    const first = await rig.post("/v1/users", {
      body: { email: "Dana.Kim@Example.com", name: "Dana", groups: ["finance"] },
    });
    const second = await rig.post("/v1/users", {
      body: { email: "dana.kim@example.com", name: "Dana Kim" },
    });
    expect(second.json).toMatchObject({
      id: first.json.id,
      email: "dana.kim@example.com",
      name: "Dana Kim",
      groups: [],
    });
    expect(
      (await rig.get("/v1/users")).json.data.map((one: { email: string }) => one.email),
    ).toContain("dana.kim@example.com");
  });

  it("get sign-in links only if they are there", async () => {
    expect(
      (await rig.post("/v1/sign_in_links", { body: { email: "nobody@ours.test" } })).status,
    ).toBe(404);
  });
});
