import { type Instant, instantFromMs, type UserId } from "@usher/entitlement-core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  addApiKey,
  ensureApiKey,
  listApiKeys,
  recordApiKeyUses,
  revokeApiKey,
} from "./api-key-repository.ts";
import { hashSecret, isWellFormedApiKey, newApiKeySecret } from "./api-key-secret.ts";
import {
  findConnection,
  listConnections,
  recordConnectionHealth,
  saveConnection,
} from "./connection-repository.ts";
import {
  addSession,
  addSignInCode,
  endSession,
  redeemSignInCode,
  removeEndedSessions,
} from "./session-repository.ts";
import { changeSigningKeys } from "./signing-key-repository.ts";
import { noon } from "./testing/a-deal.ts";
import { aHub, type TestHub } from "./testing/a-hub.ts";
import { findApprovers, saveUser } from "./user-repository.ts";

let hub: TestHub;
let userId: UserId;
const hourMs = 3_600_000;
const later = instantFromMs(noon + hourMs);

beforeAll(async () => {
  hub = await aHub();
  const user = await hub.inTenant((tx) =>
    saveUser(tx, { email: "Dana@Seller.example", name: "Dana Kim", groups: ["finance"] }),
  );
  userId = user.id;
});

afterAll(() => hub.close());

describe("an API key", () => {
  it("has 256 random bits and a checksum that a typo does not pass", () => {
    const secret = newApiKeySecret("live");
    expect(secret).toMatch(/^usher_sk_live_[0-9A-Za-z]{49}$/);
    expect(isWellFormedApiKey(secret)).toBe(true);
    const last = secret.at(-1) === "0" ? "1" : "0";
    expect(isWellFormedApiKey(secret.slice(0, -1) + last)).toBe(false);
    expect(isWellFormedApiKey(secret.replace("live", "test"))).toBe(false);
    expect(newApiKeySecret("live")).not.toBe(secret);
  });

  it("is found by its hash with tenant and scopes, and stored in no other form", async () => {
    const { apiKey, secret } = await aKey();
    expect(await hub.database.directory.findApiKey(hashSecret(secret))).toEqual({
      tenantId: hub.tenantId,
      id: apiKey.id,
      userId,
      scopes: ["orders:write", "orders:read"],
      expiresAt: later,
      revokedAt: null,
    });
    expect(await hub.database.directory.findApiKey(hashSecret(`${secret}x`))).toBeNull();
    const rows = await hub.inTenant((tx) => tx.db.selectFrom("api_keys").selectAll().execute());
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(secret.startsWith(apiKey.prefix)).toBe(true);
    expect(apiKey.prefix).toHaveLength(18);
  });

  it("is found as revoked from the commit on, and every process is told its hash", async () => {
    const { apiKey, secret } = await aKey();
    const told: string[] = [];
    const listener = await hub.database.listen({
      channels: ["usher_keys"],
      onNotification: ({ payload }) => told.push(payload),
    });
    const input = { id: apiKey.id, now: noon };
    expect(await hub.inOtherTenant((tx) => revokeApiKey(tx, input))).toBe(false);
    expect(await hub.inTenant((tx) => revokeApiKey(tx, input))).toBe(true);
    expect(await hub.inTenant((tx) => revokeApiKey(tx, input))).toBe(false);
    expect(await hub.database.directory.findApiKey(hashSecret(secret))).toMatchObject({
      revokedAt: noon,
    });
    await expect.poll(() => told, { timeout: 5_000 }).toEqual([hashSecret(secret).toString("hex")]);
    await listener.close();
  });

  it("shows its last use, written in batches, without telling every process", async () => {
    const { apiKey } = await aKey();
    const told: string[] = [];
    const listener = await hub.database.listen({
      channels: ["usher_keys"],
      onNotification: ({ payload }) => told.push(payload),
    });
    await hub.inTenant((tx) =>
      recordApiKeyUses(tx, [
        { id: apiKey.id, at: later },
        { id: apiKey.id, at: noon },
      ]),
    );
    await hub.inTenant((tx) => recordApiKeyUses(tx, [{ id: apiKey.id, at: noon }]));
    const keys = await hub.inTenant(listApiKeys);
    expect(keys.find((one) => one.id === apiKey.id)?.lastUsedAt).toBe(later);
    expect(told).toEqual([]);
    await listener.close();
  });

  it("of a demo can be made sure of any number of times", async () => {
    const input = {
      secret: newApiKeySecret("test"),
      name: "demo",
      scopes: ["orders:read"],
      userId: null,
    };
    await Promise.all(
      Array.from({ length: 5 }, () => hub.inTenant((tx) => ensureApiKey(tx, input))),
    );
    const keys = await hub.inTenant(listApiKeys);
    expect(keys.filter((one) => one.name === "demo")).toHaveLength(1);
  });
});

describe("people", () => {
  it("are saved by address in lower case, and found for the users and groups that a stage names", async () => {
    await hub.inTenant(async (tx) => {
      await saveUser(tx, {
        email: "lee@seller.example",
        name: "Lee",
        groups: ["legal", "finance"],
      });
      await saveUser(tx, { email: "max@seller.example", name: "Max", groups: ["sales"] });
      const people = await findApprovers(tx, [
        { group: "finance" },
        { user: "MAX@seller.example" },
        { user: "nobody@seller.example" },
        { group: "nobody" },
      ]);
      expect(people.map((one) => one.email)).toEqual([
        "dana@seller.example",
        "lee@seller.example",
        "max@seller.example",
      ]);
      const renamed = await saveUser(tx, {
        email: "DANA@seller.example",
        name: "D",
        groups: ["finance"],
      });
      expect(renamed).toMatchObject({ id: userId, name: "D" });
    });
  });

  it("sign in once with one code, however often it is clicked", async () => {
    const { code } = await hub.inTenant((tx) => addSignInCode(tx, { userId, expiresAt: later }));
    expect(await hub.database.directory.findSignInCode(hashSecret(code))).toMatchObject({
      tenantId: hub.tenantId,
      userId,
      usedAt: null,
    });
    const redeem = (now: Instant) => hub.inTenant((tx) => redeemSignInCode(tx, { code, now }));
    const users = await Promise.all(Array.from({ length: 8 }, () => redeem(noon)));
    expect(users.filter((one) => one === userId)).toHaveLength(1);
    expect(users.filter((one) => one === null)).toHaveLength(7);
    const late = await hub.inTenant((tx) => addSignInCode(tx, { userId, expiresAt: noon }));
    expect(
      await hub.inTenant((tx) => redeemSignInCode(tx, { code: late.code, now: noon })),
    ).toBeNull();
  });

  it("have a session until it ends", async () => {
    const { secret } = await hub.inTenant((tx) => addSession(tx, { userId, expiresAt: later }));
    const find = () => hub.database.directory.findSession(hashSecret(secret));
    expect(await find()).toEqual({ tenantId: hub.tenantId, userId, expiresAt: later });
    await hub.inTenant((tx) => endSession(tx, secret));
    expect(await find()).toBeNull();
    await hub.inTenant((tx) => addSession(tx, { userId, expiresAt: noon }));
    expect(
      await hub.inTenant((tx) => removeEndedSessions(tx, { now: noon })),
    ).toBeGreaterThanOrEqual(1);
  });
});

describe("a connection", () => {
  it("keeps its secrets apart from what lists show, and its tenant is found by its id", async () => {
    const connection = await aConnection();
    expect(await hub.inTenant(listConnections)).toEqual([connection]);
    expect(JSON.stringify(connection)).not.toContain("sealed");
    const found = await hub.inTenant((tx) => findConnection(tx, connection.id));
    expect(Buffer.from(found?.sealedSecrets ?? []).toString()).toBe("sealed");
    expect(await hub.inOtherTenant((tx) => findConnection(tx, connection.id))).toBeNull();
    expect(await hub.database.directory.findConnectionTenant(connection.id)).toBe(hub.tenantId);
  });

  it("tells how its last calls went", async () => {
    const { id } = await aConnection();
    const failure = { category: "auth_invalid", message: "The refresh token is revoked." };
    const health = async () => {
      const found = await hub.inTenant((tx) => findConnection(tx, id));
      return [found?.status, found?.lastError, found?.lastSuccessAt];
    };
    const record = (outcome: Parameters<typeof recordConnectionHealth>[1]["outcome"], now = noon) =>
      hub.inTenant((tx) => recordConnectionHealth(tx, { id, now, outcome }));
    await record({ ok: true });
    expect(await health()).toEqual(["working", null, noon]);
    await record({ ok: false, failure, needsAttention: false });
    expect(await health()).toEqual(["working", failure, noon]);
    await record({ ok: false, failure, needsAttention: true });
    expect(await health()).toEqual(["needs_attention", failure, noon]);
    await record({ ok: true }, later);
    expect(await health()).toEqual(["working", null, later]);
  });
});

describe("signing keys", () => {
  const aSigningKey = (kid: string) => ({
    kid,
    publicJwk: { kty: "OKP", kid },
    sealedPrivate: new Uint8Array([1]),
  });

  it("are made once by processes that start together, and published without their private part", async () => {
    const start = (kid: string) =>
      hub.inTenant((tx) =>
        changeSigningKeys(tx, (keys) => ({
          changes: [],
          add: keys.length === 0 ? { key: aSigningKey(kid), status: "current" } : null,
        })),
      );
    const answers = await Promise.all(["k1", "k2", "k3", "k4"].map(start));
    const kids = new Set(answers.flat().map((key) => key.kid));
    expect(kids.size).toBe(1);
    const published = await hub.database.directory.signingKeys({ now: noon });
    expect(published).toMatchObject([{ tenantId: hub.tenantId, status: "current" }]);
    expect(Object.keys(published[0] ?? {})).not.toContain("sealedPrivate");
  });

  it("rotate with overlap: the retired one stays published until its end", async () => {
    const rotated = await hub.inTenant(async (tx) => {
      await changeSigningKeys(tx, () => ({
        changes: [],
        add: { key: aSigningKey("n1"), status: "next" },
      }));
      return changeSigningKeys(tx, (keys) => ({
        changes: keys.map((key) =>
          key.status === "next"
            ? { kid: key.kid, status: "current" as const, retireAt: null }
            : { kid: key.kid, status: "retired" as const, retireAt: later },
        ),
        add: { key: aSigningKey("n2"), status: "next" },
      }));
    });
    expect(rotated.map((key) => key.status).sort()).toEqual(["current", "next", "retired"]);
    const publishedAt = async (now: Instant) =>
      (await hub.database.directory.signingKeys({ now })).length;
    expect(await publishedAt(instantFromMs(later - 1))).toBe(3);
    expect(await publishedAt(later)).toBe(2);
  });

  it("are never two at once, whoever writes", async () => {
    await expect(
      hub.inTenant((tx) =>
        changeSigningKeys(tx, () => ({
          changes: [],
          add: { key: aSigningKey("second"), status: "current" },
        })),
      ),
    ).rejects.toThrow(/one_current_signing_key/);
  });
});

function aKey() {
  return hub.inTenant((tx) =>
    addApiKey(tx, {
      environment: "live",
      name: "shop",
      scopes: ["orders:write", "orders:read"],
      userId,
      expiresAt: later,
    }),
  );
}

function aConnection() {
  return hub.inTenant((tx) =>
    saveConnection(tx, {
      vendor: "salesforce",
      name: "Sales org",
      kinds: ["crm"],
      config: { login_url: "https://example" },
      sealedSecrets: Buffer.from("sealed"),
    }),
  );
}
