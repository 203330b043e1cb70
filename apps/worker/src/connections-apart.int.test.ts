import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { noFailpoints } from "@usher/activities";
import type { ConnectorErrorDetail } from "@usher/connector-sdk/spec";
import {
  createDatabase,
  type Database,
  ensureTenant,
  findConnection,
  recordConnectionHealth,
  saveCheckpoint,
  saveConnection,
} from "@usher/database";
import type { ConnectionId, Instant, TenantId, TimeZone } from "@usher/entitlement-core/kernel";
import { waitUntil } from "@usher/local-services";
import { createTestDatabase } from "@usher/test-kit";
import { hubKeyEncryptionKey, sealConnectionSecrets } from "@usher/token-signer";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createConnectionGauges } from "./connection-gauges.ts";
import { createCrmPoller } from "./crm-poller.ts";
import { type HubSpotPeer, startHubSpotPeer } from "./testing/hubspot-peer.ts";
import { openRegistry, readOnce } from "./testing/open-registry.ts";
import { createWorkerLog } from "./worker-log.ts";
import { createWorkerMetrics } from "./worker-metrics.ts";

const key = randomBytes(32);
let databaseUrl = "";
let database: Database;
let drop: () => Promise<void>;
let tenants: readonly [TenantId, TenantId];
let peer: HubSpotPeer;

beforeAll(async () => {
  const test = await createTestDatabase();
  databaseUrl = test.appUrl;
  drop = test.drop;
  const owner = createDatabase({ url: test.databaseUrl, poolSize: 1 });
  const make = (slug: string) =>
    ensureTenant(owner, { slug, name: slug, timeZone: "UTC" as TimeZone });
  tenants = [await make("one"), await make("two")];
  await owner.close();
  database = createDatabase({ url: databaseUrl, poolSize: 10 });
});
afterAll(async () => {
  await database.close();
  await drop();
});
beforeEach(async () => {
  peer = await startHubSpotPeer();
  return () => peer.stop();
});

let made = 0;
async function connect(
  tenantId: TenantId,
  secrets: Readonly<Record<string, string>>,
  config: object = {},
): Promise<ConnectionId> {
  made += 1;
  const kek = hubKeyEncryptionKey(key);
  const connection = await database.withTenant({ tenantId }, (tx) =>
    saveConnection(tx, {
      vendor: "hubspot",
      name: `portal ${made}`,
      kinds: ["crm"],
      config: { baseUrl: peer.url, searchesPerSecondMax: null, ...config },
      sealedSecrets: sealConnectionSecrets({
        secrets: { config: secrets, webhookSecrets: [] },
        kek,
      }),
    }),
  );
  return connection.id;
}

const rotating = { authKind: "refresh_token", clientId: "c" };
const consented = (tenantId: TenantId) =>
  connect(tenantId, { clientSecret: "s", refreshToken: peer.consent() }, rotating);
const fixed = (tenantId: TenantId, accessToken: string, config: object = {}) =>
  connect(tenantId, { accessToken }, { authKind: "access_token", ...config });

const newRegistry = () => openRegistry({ database, key });

it("a connection that was just entered is there for the next order, however fresh the list is", async () => {
  const [tenantId] = tenants;
  const registry = openRegistry({ database, key, freshForMs: 3_600_000 });
  let isTold = false;
  const listener = await database.listen({
    channels: ["usher_connections"],
    onNotification: ({ payload }) => {
      registry.forget(payload);
      isTold = true;
    },
  });
  const before = await registry.ofKind({ tenantId, kind: "crm" });
  const connectionId = await fixed(tenantId, "pat-new");
  await waitUntil(() => isTold, {
    timeoutMs: 10_000,
    giveUp: () => new Error("Nobody announced the connection."),
  });
  const after = await registry.ofKind({ tenantId, kind: "crm" });
  expect(after.map((one) => one.connectionId)).toEqual(
    expect.arrayContaining([...before.map((one) => one.connectionId), connectionId]),
  );
  expect(after).toHaveLength(before.length + 1);
  await listener.close();
  await registry.close();
});

describe("two worker processes", () => {
  it("with an expired token make one token request, and the loser reads with what the winner stored", async () => {
    const [tenantId] = tenants;
    const connectionId = await consented(tenantId);
    const before = newRegistry();
    expect(await readOnce({ registry: before, tenantId, connectionId })).toBe("read");
    await before.close();
    for (let round = 1; round <= 3; round += 1) {
      peer.expireAll();
      const spentBefore = peer.spent.length;
      const processes = [1, 2].map(() => aProcess({ tenantId, connectionId }));
      await Promise.all(processes.map((one) => one.line()));
      for (const one of processes) one.child.stdin?.write("go\n");
      expect(await Promise.all(processes.map((one) => one.line()))).toEqual(["read", "read"]);
      await Promise.all(processes.map((one) => one.ended));
      expect(peer.spent.length - spentBefore, `round ${round}`).toBe(1);
    }
    expect(new Set(peer.spent).size).toBe(peer.spent.length);
  });

  it("store a rotated refresh token before it is used: a process that dies right after loses none", async () => {
    const [tenantId] = tenants;
    const connectionId = await consented(tenantId);
    const one = aProcess({ tenantId, connectionId });
    await one.line();
    one.child.stdin?.write("go\n");
    // As soon as the vendor has seen a read with the new token, it must be safe.
    await waitUntil(async () => peer.reads.length > 0, {
      giveUp: () => new Error("There was never a read."),
      timeoutMs: 10_000,
    });
    one.child.kill("SIGKILL");
    await one.ended;
    peer.expireAll();
    const registry = newRegistry();
    expect(await readOnce({ registry, tenantId, connectionId })).toBe("read");
    expect(peer.spent).toHaveLength(2);
    await registry.close();
  });
});

describe("connections of one vendor in one process", () => {
  it("never share tokens: each has its own, of the same tenant and of two", async () => {
    const ids = [
      [tenants[0], await consented(tenants[0])],
      [tenants[0], await consented(tenants[0])],
      [tenants[1], await consented(tenants[1])],
    ] as const;
    const registry = newRegistry();
    const all = await Promise.all(
      ids.map(([tenantId, connectionId]) => readOnce({ registry, tenantId, connectionId })),
    );
    expect(all).toEqual(["read", "read", "read"]);
    expect(new Set(peer.reads).size).toBe(3);
    expect(peer.spent).toHaveLength(3);
    await registry.close();
  });

  it("never share limits: one that is full or limited holds up no other", async () => {
    const only = { concurrentCallsMax: 1 };
    const [one, two] = tenants;
    const full = await fixed(one, "fixed-full", only);
    const limited = await fixed(one, "fixed-limited", only);
    const free = await fixed(two, "fixed-free", only);
    peer.answer("fixed-full", "held");
    peer.answer("fixed-limited", "rate_limited");
    const registry = newRegistry();
    const read = (tenantId: TenantId, connectionId: ConnectionId) =>
      readOnce({ registry, tenantId, connectionId });
    const held = [read(one, full), read(one, full)];
    await waitUntil(async () => peer.held === 1, {
      giveUp: () => new Error("There was never a held call."),
      timeoutMs: 5_000,
    });
    expect(await read(one, limited)).toBe("quota_exhausted");
    expect(await read(one, limited)).toBe("quota_exhausted");
    expect(peer.reads.filter((token) => token === "fixed-limited")).toHaveLength(1);
    expect(await read(two, free)).toBe("read");
    expect(peer.held).toBe(1);
    peer.release();
    expect(await Promise.all(held)).toEqual(["read", "read"]);
    await registry.close();
  });

  it("are not found by another tenant", async () => {
    const connectionId = await fixed(tenants[0], "fixed-own");
    const registry = newRegistry();
    expect(await readOnce({ registry, tenantId: tenants[1], connectionId })).toBe("no connection");
    await registry.close();
  });
});

it("a vendor without a connector makes its connection need attention, and no other", async () => {
  const [tenantId] = tenants;
  const good = await fixed(tenantId, "fixed-good");
  const broken = await fixed(tenantId, "fixed-broken");
  await database.withTenant({ tenantId }, (tx) =>
    tx.db.updateTable("connections").set({ vendor: "broken" }).where("id", "=", broken).execute(),
  );
  const failures: ConnectorErrorDetail[] = [];
  const registry = openRegistry({ database, key, onUnusable: (one) => failures.push(one) });
  expect(await readOnce({ registry, tenantId, connectionId: broken })).toBe("config");
  expect(await readOnce({ registry, tenantId, connectionId: good })).toBe("read");
  const told = failures.map((one) => [one.category, one.message]);
  expect(told).toContainEqual(["config", "Its package could not be loaded."]);
  await registry.close();
});

it("what the vendor says is left of its allowance is kept with the connection", async () => {
  const [tenantId] = tenants;
  const connectionId = await fixed(tenantId, "fixed-quota");
  const registry = newRegistry();
  await readOnce({ registry, tenantId, connectionId });
  const found = () => database.withTenant({ tenantId }, (tx) => findConnection(tx, connectionId));
  await waitUntil(async () => (await found())?.quota != null, {
    giveUp: () => new Error("There was never the quota."),
    timeoutMs: 5_000,
  });
  expect((await found())?.quota).toMatchObject({ used: 750, limit: 1_000 });
  await registry.close();
});

it("metrics tell for each connection how it stands, also in a worker that does not read its stream", async () => {
  const [tenantId] = tenants;
  const working = await fixed(tenantId, "fixed-working");
  const refused = await fixed(tenantId, "fixed-refused");
  await database.withTenant({ tenantId }, async (tx) => {
    await recordConnectionHealth(tx, {
      id: refused,
      now: Date.now() as Instant,
      outcome: {
        ok: false,
        failure: { category: "auth_invalid", message: "no" },
        needsAttention: true,
      },
    });
    await saveCheckpoint(tx, {
      connectionId: working,
      stream: "deals",
      checkpoint: {},
      isAtEnd: true,
    });
  });
  const metrics = createWorkerMetrics();
  await createConnectionGauges({ database, metrics, now: () => Date.now() + 60_000 })();
  const text = await metrics.registry.metrics();
  const gaugeOf = (name: string, connection: string) =>
    Number(new RegExp(`^${name}\\{[^}]*${connection}[^}]*\\} (.*)$`, "m").exec(text)?.[1]);
  expect(gaugeOf("usher_connection_working", working)).toBe(1);
  expect(gaugeOf("usher_connection_working", refused)).toBe(0);
  expect(gaugeOf("usher_inbox_quarantined", working)).toBe(0);
  const lag = gaugeOf("usher_stream_lag_seconds", working);
  expect(lag).toBeGreaterThanOrEqual(59);
  expect(lag).toBeLessThan(120);
});

it("a stream goes on after a redeploy where it stood before", async () => {
  const [tenantId] = tenants;
  const connectionId = await fixed(tenantId, "fixed-stream");
  const begun: unknown[] = [];
  const vendor = {
    connectionId,
    vendor: "hubspot",
    billing: null,
    crm: {
      readChanges: async ({ checkpoint }: { readonly checkpoint: { at?: number } | null }) => {
        begun.push(checkpoint);
        const at = (checkpoint?.at ?? 0) + 1;
        const changes = [{ dealId: `${at}`, version: "1" }];
        return { changes, checkpoint: { at }, hasMore: false };
      },
    } as never,
  };
  for (let deploy = 0; deploy < 3; deploy += 1) {
    const redeployed = createDatabase({ url: databaseUrl, poolSize: 4 });
    const poll = createCrmPoller({
      database: redeployed,
      metrics: createWorkerMetrics(),
      log: createWorkerLog({ level: "silent" }),
      atFailpoint: noFailpoints,
      callVendor: ({ call }) => call({} as never),
    });
    await poll({ tenantId, vendor, signal: new AbortController().signal });
    await redeployed.close();
  }
  expect(begun).toEqual([null, { at: 1 }, { at: 2 }]);
});

function aProcess(input: { readonly tenantId: TenantId; readonly connectionId: ConnectionId }): {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  line(): Promise<string>;
} {
  const script = fileURLToPath(new URL("./testing/read-once-process.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    [script, databaseUrl, key.toString("base64"), input.tenantId, input.connectionId],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    ended: new Promise((resolve) => child.once("exit", () => resolve())),
    line: async () => {
      const { value, done } = await lines.next();
      return done === true ? "the process ended" : value;
    },
  };
}
