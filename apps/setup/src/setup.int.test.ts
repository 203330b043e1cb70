import { randomBytes } from "node:crypto";
import {
  createConnectionTokenStore,
  createDatabase,
  findConnectionByName,
  listSigningKeys,
  saveConnection,
} from "@usher/database";
import type { TenantId } from "@usher/entitlement-core/kernel";
import { createTestDatabase } from "@usher/test-kit";
import {
  hubKeyEncryptionKey,
  openConnectionSecrets,
  openConnectionTokens,
  openSigningKey,
  sealConnectionSecrets,
  sealConnectionTokens,
} from "@usher/token-signer";
import { expect, it } from "vitest";
import type { SetupConfig } from "./config.ts";
import { ensureTenantWithOperator } from "./ensure-tenant.ts";
import { migrate } from "./migrate.ts";
import { resealEverything } from "./reseal.ts";
import { rotateTenantKeys } from "./rotate-tenant-keys.ts";
import { publishAheadMs } from "./signing-keys.ts";

const day = publishAheadMs;

async function aConfig(): Promise<SetupConfig> {
  const { databaseUrl } = await createTestDatabase();
  return { databaseUrl, appPassword: undefined, keyEncryptionKeys: [randomBytes(32)] };
}

const ensure = (config: SetupConfig, now: number) =>
  ensureTenantWithOperator({
    config,
    now,
    tenant: { slug: "acme", name: "Acme", timeZone: "Europe/Berlin" },
    operator: { email: "op@acme.example", name: "Op" },
    keyEnvironment: "test",
  });

it("set-up may be repeated: one tenant, the same signing keys, a working operator key each time", async () => {
  const config = await aConfig();
  const now = Date.now();
  const first = await ensure(config, now);
  const second = await ensure(config, now);
  expect(second.tenant_id).toBe(first.tenant_id);
  expect(second.api_key).not.toBe(first.api_key);
  expect(first.api_key).toMatch(/^usher_sk_test_/);
  expect((await keysOf(config, first.tenant_id)).map((key) => key.status).toSorted()).toEqual([
    "current",
    "next",
  ]);
});

it("a key signs only after it was published for a day, and the one before stays published", async () => {
  const config = await aConfig();
  const now = Date.now();
  const { tenant_id } = await ensure(config, now);
  const before = await keysOf(config, tenant_id);
  expect(await rotateTenantKeys({ config, slug: "acme", now })).toBe(false);
  expect(await rotateTenantKeys({ config, slug: "acme", now: now + day + 60_000 })).toBe(true);
  const after = await keysOf(config, tenant_id);
  const kidOf = (keys: typeof before, status: string) =>
    keys.find((key) => key.status === status)?.kid;
  expect(kidOf(after, "current")).toBe(kidOf(before, "next"));
  expect(kidOf(after, "retired")).toBe(kidOf(before, "current"));
  expect(after.find((key) => key.status === "retired")?.retireAt).toBeGreaterThan(now + day);
});

it("a check of migrations names what is pending and changes nothing", async () => {
  const config = await aConfig();
  const result = await migrate({ config, isCheck: true });
  expect(result).toMatchObject({ isUpToDate: true, pending: [], applied: [] });
});

it("a new key-encryption key seals signing keys, connections and tokens anew; the old one is then of no use", async () => {
  const config = await aConfig();
  const { tenant_id } = await ensure(config, Date.now());
  const tenantId = tenant_id as TenantId;
  const [old] = (config.keyEncryptionKeys ?? []).map(hubKeyEncryptionKey);
  if (old === undefined) throw new Error("There is no key.");
  const secrets = { config: { apiKey: "k" }, webhookSecrets: ["w"] };
  const tokens = { accessToken: "a", refreshToken: "r" };
  const owner = createDatabase({ url: config.databaseUrl, poolSize: 2 });
  try {
    const connection = await owner.withTenant({ tenantId }, (tx) =>
      saveConnection(tx, {
        vendor: "v",
        name: "One",
        kinds: ["crm"],
        config: {},
        sealedSecrets: sealConnectionSecrets({ secrets, kek: old }),
      }),
    );
    const store = createConnectionTokenStore({
      database: owner,
      tenantId,
      connectionId: connection.id,
      credentialsVersion: 1,
      seal: (sealing: Uint8Array) => sealing,
      open: (sealed) => sealed,
    });
    await store.exchange(async () => sealConnectionTokens({ tokens, kek: old }));

    const newKey = randomBytes(32);
    const withoutOld = { ...config, keyEncryptionKeys: [newKey] as const };
    await expect(resealEverything({ config: withoutOld })).rejects.toThrow(/not configured/);
    const both = {
      ...config,
      keyEncryptionKeys: [newKey, ...(config.keyEncryptionKeys ?? [])] as const,
    };
    expect(await resealEverything({ config: both })).toEqual({ tenants: 1, secrets: 4 });
    expect(await resealEverything({ config: withoutOld })).toEqual({ tenants: 1, secrets: 4 });

    const keks = [hubKeyEncryptionKey(newKey)];
    const found = await owner.withTenant({ tenantId }, (tx) => findConnectionByName(tx, "One"));
    const sealed = found?.sealedSecrets ?? new Uint8Array();
    expect(openConnectionSecrets({ sealed, keks })).toEqual(secrets);
    expect(() => openConnectionSecrets({ sealed, keks: [old] })).toThrow(/not configured/);
    const sealedTokens = (await store.read()) ?? new Uint8Array();
    expect(openConnectionTokens({ sealed: sealedTokens, keks })).toEqual(tokens);
    for (const stored of await keysOf(config, tenant_id)) {
      expect(openSigningKey({ stored, keks }).kid).toBe(stored.kid);
    }
  } finally {
    await owner.close();
  }
});

async function keysOf(config: SetupConfig, tenantId: string) {
  const owner = createDatabase({ url: config.databaseUrl, poolSize: 1 });
  try {
    return await owner.withTenant({ tenantId: tenantId as TenantId }, (tx) => listSigningKeys(tx));
  } finally {
    await owner.close();
  }
}
