import { randomBytes } from "node:crypto";
import { createDatabase, listSigningKeys } from "@usher/database";
import type { TenantId } from "@usher/entitlement-core/kernel";
import { createTestDatabase } from "@usher/test-kit";
import { expect, it } from "vitest";
import type { SetupConfig } from "./config.ts";
import { ensureTenantWithOperator } from "./ensure-tenant.ts";
import { migrate } from "./migrate.ts";
import { rotateTenantKeys } from "./rotate-tenant-keys.ts";
import { publishAheadMs } from "./signing-keys.ts";

const day = publishAheadMs;

async function aConfig(): Promise<SetupConfig> {
  const { databaseUrl } = await createTestDatabase();
  return { databaseUrl, appPassword: undefined, keyEncryptionKey: randomBytes(32) };
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

async function keysOf(config: SetupConfig, tenantId: string) {
  const owner = createDatabase({ url: config.databaseUrl, poolSize: 1 });
  try {
    return await owner.withTenant({ tenantId: tenantId as TenantId }, (tx) => listSigningKeys(tx));
  } finally {
    await owner.close();
  }
}
