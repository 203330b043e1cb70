import { randomBytes } from "node:crypto";
import { saveCheckpoint } from "@usher/database";
import type { ConnectionId } from "@usher/entitlement-core/kernel";
import { hubKeyEncryptionKey, sealConnectionSecrets } from "@usher/token-signer";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type ApiRig, keyOf, startApiRig } from "../../testing/api-rig.ts";
import { signatureOf, signedConnector } from "../../testing/signed-connector.ts";
import { aSteeredVendor } from "../../testing/steered-connector.ts";

const vendor = aSteeredVendor();
const packageProblem = "The package “broken” could not be loaded: it has no main file.";
const old = "old-secret-key-1";
const fresh = "new-secret-key-2";
/** Its schema cannot be told as JSON Schema. */
const odd = {
  ...vendor.definition.manifest,
  id: "odd",
  configSchema: z.lazy(() => {
    throw new Error("This schema tells nothing of itself.");
  }),
};
let clockAheadMs = 0;
let rig: ApiRig;
beforeAll(async () => {
  rig = await startApiRig({
    clock: () => Date.now() + clockAheadMs,
    connectors: new Map([
      ["signed", signedConnector],
      ["steered", vendor.definition],
      ["odd", { ...vendor.definition, manifest: odd }],
    ]),
    brokenConnectors: [{ id: "broken", problem: packageProblem }],
  });
});
afterAll(() => rig.stop());

let id = "";
let made = 0;
beforeEach(async () => {
  vendor.answers.clear();
  vendor.onCheck = async () => undefined;
  clockAheadMs = 0;
  made += 1;
  const answer = await rig.post("/v1/connections", { body: request(`steered ${made}`) });
  expect(answer.status, answer.text).toBe(201);
  id = answer.json.id;
});

function request(name: string, changes: object = {}) {
  return {
    vendor: "steered",
    name,
    kinds: ["crm"],
    config: { region: "eu" },
    secrets: { apiKey: old },
    webhook_secrets: ["hook-old"],
    ...changes,
  };
}

const check = () => rig.post(`/v1/connections/${id}/check`);
const show = async () => (await rig.get(`/v1/connections/${id}`)).json;
const rotate = (body: object) => rig.post(`/v1/connections/${id}/rotate`, { body });

describe("adding", () => {
  it("names every fault of the configuration at its place, and repeats no value", async () => {
    const answer = await rig.post("/v1/connections", {
      body: request("bad", {
        config: { region: "moon-base", pageSize: 0, colour: "red" },
        secrets: { apiKey: "short" },
      }),
    });
    expect(answer.status).toBe(400);
    const pointers = answer.json.errors.map((one: { pointer: string }) => one.pointer).toSorted();
    expect(pointers).toEqual([
      "/config/colour",
      "/config/pageSize",
      "/config/region",
      "/secrets/apiKey",
    ]);
    expect(answer.text).not.toContain("moon-base");
    expect(answer.text).not.toContain("short");
  });

  it("takes a secret only as a secret and an open field only as an open one", async () => {
    const misplaced = await rig.post("/v1/connections", {
      body: request("bad", { config: { region: "eu", apiKey: old }, secrets: { region: "eu" } }),
    });
    expect(misplaced.json.errors.map((one: { pointer: string }) => one.pointer)).toEqual([
      "/config/apiKey",
      "/secrets/region",
    ]);
  });

  it("names the vendors there are, and why one is not", async () => {
    const unknown = await rig.post("/v1/connections", { body: request("x", { vendor: "nobody" }) });
    expect(unknown.json.errors[0].detail).toContain("signed, steered");
    const broken = await rig.post("/v1/connections", { body: request("x", { vendor: "broken" }) });
    expect(broken.json.errors[0].detail).toBe(packageProblem);
  });

  it("sent again as it is, a connection keeps its tokens; with another secret it does not", async () => {
    const before = await show();
    const same = await rig.post("/v1/connections", { body: request(`steered ${made}`) });
    expect(same.json).toMatchObject({ id, credentials: before.credentials });
    const other = await rig.post("/v1/connections", {
      body: request(`steered ${made}`, { secrets: { apiKey: fresh } }),
    });
    expect(other.json.id).toBe(id);
    expect(other.json.credentials.changed_at).not.toBe(before.credentials.changed_at);
  });
});

describe("checking", () => {
  it.each([
    ["auth_invalid", "auth_invalid", "needs_attention"],
    ["auth_expired", "auth_invalid", "needs_attention"],
    ["permission", "permission", "needs_attention"],
    ["config", "config", "needs_attention"],
    ["transient", "unreachable", "failing"],
    ["quota_exhausted", "limited", "failing"],
    ["schema_drift", "unexpected", "working"],
  ] as const)(
    "tells %s as %s, and the connection is then %s",
    async (category, outcome, status) => {
      vendor.answers.set(old, category);
      const answer = await check();
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({
        outcome,
        message: `Steered says ${category}.`,
        parts: [{ kind: "crm", outcome, category }],
      });
      expect(await show()).toMatchObject({
        status,
        last_error: { category, message: `Steered says ${category}.`, at: expect.any(String) },
      });
      vendor.answers.clear();
      expect((await check()).json.outcome).toBe("works");
      expect(await show()).toMatchObject({ status: "working", last_error: null });
    },
  );

  it("shows nothing of what a connector throws that it must not throw", async () => {
    vendor.answers.set(old, "crash");
    const answer = await check();
    expect(answer.json.outcome).toBe("unexpected");
    expect(answer.text).not.toContain(old);
  });

  it("of a use that the vendor is not made for says so", async () => {
    const odd = await rig.post("/v1/connections", {
      body: request("odd", { kinds: ["crm", "billing"] }),
    });
    const answer = await rig.post(`/v1/connections/${odd.json.id}/check`);
    expect(answer.json.parts.map((one: { outcome: string }) => one.outcome)).toEqual([
      "works",
      "config",
    ]);
  });
});

describe("rotating", () => {
  it("proves the new credentials beside the old ones, and switches only then", async () => {
    const seen: string[] = [];
    const rotating: boolean[] = [];
    vendor.onCheck = async ({ apiKey }) => {
      seen.push(apiKey);
      rotating.push((await show()).credentials.is_rotating);
    };
    const before = await show();
    const answer = await rotate({ secrets: { apiKey: fresh }, config: { region: "us" } });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json).toMatchObject({
      config: { region: "us" },
      credentials: { is_rotating: false, old_webhook_secrets_until: null },
    });
    expect(answer.json.credentials.changed_at).not.toBe(before.credentials.changed_at);
    await check();
    expect(seen).toEqual([fresh, fresh]);
    expect(rotating).toEqual([true, false]);
  });

  it("to refused credentials changes nothing, and tells why", async () => {
    vendor.answers.set(fresh, "permission");
    const answer = await rotate({ secrets: { apiKey: fresh } });
    expect(answer.status).toBe(422);
    expect(answer.json.code).toBe("credentials_refused");
    expect(answer.json.detail).toContain("permission: Steered says permission.");
    expect((await show()).credentials.is_rotating).toBe(false);
    expect((await check()).json.outcome).toBe("works");
  });

  it("while the vendor is away keeps what it got, and sent again goes on with it", async () => {
    vendor.answers.set(fresh, "transient");
    const spent: string[] = [];
    vendor.onCheck = async ({ apiKey, tokens }) => {
      if (apiKey !== fresh) return;
      await tokens.exchange(async (current) => {
        if (current !== null) return current;
        spent.push(apiKey);
        return { accessToken: "a", refreshToken: "r2" };
      });
    };
    const away = await rotate({ secrets: { apiKey: fresh } });
    expect([away.status, away.json.code]).toEqual([503, "credentials_unproven"]);
    expect((await show()).credentials.is_rotating).toBe(true);
    vendor.answers.clear();
    expect((await rotate({ secrets: { apiKey: fresh } })).status).toBe(200);
    expect(spent).toHaveLength(1);
  });

  it("that another one has overtaken does not take its place", async () => {
    let isFirst = true;
    vendor.onCheck = async () => {
      if (!isFirst) return;
      isFirst = false;
      expect((await rotate({ secrets: { apiKey: "third-secret-key" } })).status).toBe(200);
    };
    const overtaken = await rotate({ secrets: { apiKey: fresh } });
    expect([overtaken.status, overtaken.json.code]).toEqual([409, "rotation_overtaken"]);
  });

  it("accepts webhooks signed with the old secret for the overlap, and no longer", async () => {
    const send = async (secret: string) => {
      const stamp = Date.now() + clockAheadMs;
      const body = JSON.stringify({ id: `${secret}-${stamp}`, deal: "D" });
      const headers = { "X-Test-Signature": signatureOf({ secret, body, stamp }) };
      return (await rig.post(`/v1/inbound/${id}`, { key: "", body, headers })).status;
    };
    expect(await send("hook-old")).toBe(200);
    expect(await send("hook-new")).toBe(401);
    const answer = await rotate({ webhook_secrets: ["hook-new"], webhook_overlap_hours: 1 });
    expect(answer.json.credentials.old_webhook_secrets_until).toEqual(expect.any(String));
    expect([await send("hook-old"), await send("hook-new")]).toEqual([200, 200]);
    clockAheadMs += 3_600_000;
    expect([await send("hook-old"), await send("hook-new")]).toEqual([401, 200]);
  });

  it("refuses bad and empty requests before anything is asked", async () => {
    vendor.onCheck = async () => {
      throw new Error("It was asked.");
    };
    expect((await rotate({})).json.errors[0].code).toBe("nothing_new");
    const bad = await rotate({ secrets: { apiKey: "short" } });
    expect(bad.json.errors[0].pointer).toBe("/secrets/apiKey");
  });
});

describe("showing", () => {
  it("tells how far streams are read and what lies in the inbox", async () => {
    await rig.inTenant((tx) =>
      saveCheckpoint(tx, {
        connectionId: id as ConnectionId,
        stream: "deals",
        checkpoint: {},
        isAtEnd: true,
      }),
    );
    const shown = await show();
    expect(shown).toMatchObject({
      problem: null,
      quota: null,
      inbox: { pending: 0, pending_since: null, quarantined: 0 },
      streams: [{ name: "deals" }],
    });
    expect(shown.lag_seconds).toBeGreaterThanOrEqual(0);
    const list = await rig.get("/v1/connections");
    expect(list.json.data.find((one: { id: string }) => one.id === id)).toMatchObject({
      streams: shown.streams,
    });
  });

  it("never tells a secret: not in any answer, error or log line", async () => {
    vendor.answers.set(fresh, "auth_invalid");
    const answers = [
      await rotate({ secrets: { apiKey: fresh }, webhook_secrets: ["hook-newest"] }),
      await check(),
      await rig.get("/v1/connections"),
      await rig.get(`/v1/connections/${id}`),
      await rig.post("/v1/connections", { body: request("again") }),
    ];
    const told = [...answers.map((one) => one.text), ...rig.logged].join("\n");
    for (const secret of [old, fresh, "hook-old", "hook-newest"]) {
      expect(told).not.toContain(secret);
    }
  });

  it("needs the scope of reading, changing the one of writing", async () => {
    const reader = await rig.inTenant((tx) =>
      keyOf(tx, { name: "reader", scopes: ["connections:read"] }),
    );
    expect((await rig.get(`/v1/connections/${id}`, { key: reader })).status).toBe(200);
    for (const path of [`/v1/connections/${id}/check`, `/v1/connections/${id}/rotate`]) {
      const answer = await rig.post(path, { key: reader, body: { secrets: { apiKey: fresh } } });
      expect(answer.json.code).toBe("missing_scope");
    }
  });
});

it("secrets whose key is missing are said to be that, and the connection can be added again", async () => {
  const lost = hubKeyEncryptionKey(randomBytes(32));
  const sealed = sealConnectionSecrets({ secrets: { config: {}, webhookSecrets: [] }, kek: lost });
  await rig.inTenant((tx) =>
    tx.db.updateTable("connections").set({ secrets: sealed }).where("id", "=", id).execute(),
  );
  const found = await check();
  expect(found.json.outcome).toBe("config");
  expect(found.json.message).toContain(`sealed by key "${lost.id}", which is not configured`);
  expect((await rotate({ secrets: { apiKey: fresh } })).json.code).toBe("credentials_unproven");
  const again = await rig.post("/v1/connections", { body: request(`steered ${made}`) });
  expect(again.json.id).toBe(id);
  expect((await check()).json.outcome).toBe("works");
});

describe("a connector that could not be loaded", () => {
  it("is named with its reason, and stops no other", async () => {
    const { json } = await rig.get("/v1/connectors");
    const byId = new Map<string, Record<string, unknown>>(
      json.data.map((one: { id: string }) => [one.id, one]),
    );
    expect([...byId.keys()]).toEqual(["broken", "odd", "signed", "steered"]);
    expect(byId.get("odd")).toMatchObject({ config_schema: {}, problem: null });
    expect(byId.get("broken")?.["problem"]).toBe(packageProblem);
    expect(byId.get("steered")).toMatchObject({
      secret_fields: ["apiKey"],
      config_schema: { required: ["apiKey", "region"] },
      problem: null,
    });
    const ready = await rig.get("/readyz", { key: "" });
    const found = ready.json.checks.find((one: { name: string }) => one.name === "connectors");
    expect(found).toMatchObject({ ok: false, required: false, detail: packageProblem });
    expect(ready.status).toBe(200);
  });

  it("makes its connections need attention, and asks its vendor to send webhooks again", async () => {
    await rig.inTenant((tx) =>
      tx.db.updateTable("connections").set({ vendor: "broken" }).where("id", "=", id).execute(),
    );
    expect(await show()).toMatchObject({ status: "needs_attention", problem: packageProblem });
    expect((await check()).json).toMatchObject({ outcome: "config", message: packageProblem });
    const body = JSON.stringify({ id: "e", deal: "D" });
    const headers = {
      "X-Test-Signature": signatureOf({ secret: "hook-old", body, stamp: Date.now() }),
    };
    const hook = await rig.post(`/v1/inbound/${id}`, { key: "", body, headers });
    expect([hook.status, hook.json.code]).toEqual([503, "not_ready"]);
    expect(hook.text).not.toContain(packageProblem);
  });
});
