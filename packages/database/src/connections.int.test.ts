import type { ConnectionId, Instant } from "@usher/entitlement-core/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  dropNextCredentials,
  resealConnections,
  storeNextCredentials,
  switchCredentials,
} from "./connection-credentials-repository.ts";
import {
  findConnection,
  listConnections,
  loadCheckpoint,
  type NextCredentials,
  saveCheckpoint,
  saveConnection,
} from "./connection-repository.ts";
import { connectionStandings } from "./connection-standing.ts";
import { createConnectionTokenStore } from "./connection-token-store.ts";
import { createDatabase } from "./database.ts";
import { claimInbox, postponeInbox, storeHints } from "./inbox-repository.ts";
import { aHub, type TestHub } from "./testing/a-hub.ts";

let hub: TestHub;
let connectionId: ConnectionId;
let connections = 0;

beforeAll(async () => {
  hub = await aHub();
});
afterAll(() => hub.close());

const bytes = (text: string) => Buffer.from(text);

beforeEach(async () => {
  connections += 1;
  const { id } = await hub.inTenant((tx) =>
    saveConnection(tx, {
      vendor: "hubspot",
      name: `portal ${connections}`,
      kinds: ["crm"],
      config: { pageSize: 1 },
      sealedSecrets: bytes("first"),
    }),
  );
  connectionId = id;
});

const found = async () => {
  const connection = await hub.inTenant((tx) => findConnection(tx, connectionId));
  if (connection === null) throw new Error("The connection is gone.");
  return connection;
};

const next: NextCredentials = { config: { pageSize: 2 }, sealedSecrets: bytes("second") };
const put = (keepsTokens = false, credentials = next) =>
  hub.inTenant((tx) => storeNextCredentials(tx, { id: connectionId, ...credentials, keepsTokens }));

function storeOf(credentialsVersion: number, database = hub.database) {
  return createConnectionTokenStore<string>({
    database,
    tenantId: hub.tenantId,
    connectionId,
    credentialsVersion,
    seal: (text) => bytes(text),
    open: (sealed) => Buffer.from(sealed).toString("utf8"),
  });
}

describe("credentials", () => {
  it("lie beside those in use until they are proven, and are in use from then on", async () => {
    await put();
    const before = await found();
    expect(before).toMatchObject({ config: { pageSize: 1 }, credentialsVersion: 1 });
    expect(Buffer.from(before.sealedSecrets).toString()).toBe("first");
    const until = (Date.now() + 1_000) as Instant;
    const isSwitched = await hub.inTenant((tx) =>
      switchCredentials(tx, { id: connectionId, proven: next, oldWebhookSecretsUntil: until }),
    );
    expect(isSwitched).toBe(true);
    const after = await found();
    expect(Buffer.from(after.sealedSecrets).toString()).toBe("second");
    expect(after).toMatchObject({
      config: { pageSize: 2 },
      credentialsVersion: 2,
      oldWebhookSecretsUntil: until,
      next: null,
    });
    expect(after.updatedAt).toBeGreaterThan(before.updatedAt);
  });

  it("that another rotation has replaced meanwhile are not switched to", async () => {
    await put();
    await put(false, { config: {}, sealedSecrets: bytes("third") });
    const isSwitched = await hub.inTenant((tx) =>
      switchCredentials(tx, { id: connectionId, proven: next, oldWebhookSecretsUntil: null }),
    );
    expect(isSwitched).toBe(false);
    await hub.inTenant((tx) => dropNextCredentials(tx, { id: connectionId, refused: next }));
    expect((await found()).next).not.toBeNull();
  });

  it("bring tokens of their own: what an old instance still exchanges never reaches the new one", async () => {
    await put();
    await storeOf(2).exchange(async () => "of the new ones");
    await hub.inTenant((tx) =>
      switchCredentials(tx, { id: connectionId, proven: next, oldWebhookSecretsUntil: null }),
    );
    await storeOf(1).exchange(async () => "of the old ones");
    expect(await storeOf((await found()).credentialsVersion).read()).toBe("of the new ones");
  });

  it("put beside a second time keep the tokens they got, and others lose them", async () => {
    await put();
    await storeOf(2).exchange(async () => "spent once");
    await put(true);
    expect(await storeOf(2).read()).toBe("spent once");
    await put();
    expect(await storeOf(2).read()).toBeNull();
  });

  it("of a connection that is saved again are a new version, unless they are the same", async () => {
    const save = (keepsCredentials: boolean) =>
      hub.inTenant((tx) =>
        saveConnection(tx, {
          vendor: "hubspot",
          name: `portal ${connections}`,
          kinds: ["crm"],
          config: {},
          sealedSecrets: bytes("again"),
          keepsCredentials,
        }),
      );
    expect((await save(true)).credentialsVersion).toBe(1);
    expect((await save(false)).credentialsVersion).toBe(2);
  });

  it("are sealed anew whole: in use, beside, and tokens; and nothing is connected anew for it", async () => {
    await put();
    await storeOf(1).exchange(async () => "tokens");
    const before = await found();
    const reseal = (sealed: Uint8Array) => bytes(`${Buffer.from(sealed).toString()}!`);
    const count = await hub.inTenant((tx) =>
      resealConnections(tx, { secrets: reseal, tokens: reseal }),
    );
    expect(count).toBeGreaterThanOrEqual(3);
    const after = await found();
    expect(Buffer.from(after.sealedSecrets).toString()).toBe("first!");
    expect(Buffer.from(after.next?.sealedSecrets ?? []).toString()).toBe("second!");
    expect(await storeOf(1).read()).toBe("tokens!");
    expect(after.updatedAt).toBe(before.updatedAt);
  });
});

describe("tokens", () => {
  it("are exchanged once by any number of processes at once; the losers are given what the winner stored", async () => {
    const other = createDatabase({ url: hub.appUrl, poolSize: 20 });
    try {
      let exchanges = 0;
      const renew = async (current: string | null) => {
        if (current !== null) return current;
        exchanges += 1;
        return `token ${exchanges}`;
      };
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          storeOf(1, index % 2 === 0 ? hub.database : other).exchange(renew),
        ),
      );
      expect(exchanges).toBe(1);
      expect(new Set(all)).toEqual(new Set(["token 1"]));
    } finally {
      await other.close();
    }
  });

  it("stay as they were when the exchange fails, and the next in line tries for itself", async () => {
    await storeOf(1).exchange(async () => "good");
    await expect(
      storeOf(1).exchange(async () => {
        throw new Error("the login server is away");
      }),
    ).rejects.toThrow("away");
    expect(await storeOf(1).read()).toBe("good");
  });

  it("that were got are stored although the database's connection broke, without a second exchange", async () => {
    let exchanges = 0;
    const stored = await storeOf(1).exchange(async () => {
      exchanges += 1;
      await endSessionsInTransaction();
      return "worth the connection";
    });
    expect([stored, await storeOf(1).read(), exchanges]).toEqual([
      "worth the connection",
      "worth the connection",
      1,
    ]);
  });
});

/** Kills the session that holds the lock, as a restart of the server does. */
async function endSessionsInTransaction(): Promise<void> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: hub.databaseUrl });
  await client.connect();
  await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = 'idle in transaction' and pid <> pg_backend_pid()",
  );
  await client.end();
}

describe("standing", () => {
  it("tells how far streams and inbox have come, for each connection its own", async () => {
    await hub.inTenant(async (tx) => {
      await saveCheckpoint(tx, { connectionId, stream: "deals", checkpoint: {}, isAtEnd: true });
      await storeHints(tx, {
        connectionId,
        changes: [
          { dealId: "1", version: "1" },
          { dealId: "2", version: "1" },
        ],
      });
      const { messages } = await claimInbox(tx, {
        connectionId,
        limit: 1,
        leaseSeconds: 1,
        attemptsMax: 1,
      });
      const ids = messages.map((one) => one.id);
      await postponeInbox(tx, { ids, error: "it makes no sense", attemptsMax: 1 });
    });
    const standings = await hub.inTenant((tx) => connectionStandings(tx));
    const own = standings.get(connectionId);
    expect(own).toMatchObject({ pending: 1, quarantined: 1, streams: [{ name: "deals" }] });
    expect(own?.pendingSince).toBeTypeOf("number");
    expect(own?.streams[0]?.readToEndAt).toBeTypeOf("number");
    const all = await hub.inTenant(listConnections);
    expect(standings.size).toBe(all.length);
    const others = [...standings].filter(([id]) => id !== connectionId);
    expect(others.every(([, one]) => one.quarantined === 0 && one.pending === 0)).toBe(true);
    const ofOne = await hub.inTenant((tx) => connectionStandings(tx, { connectionId }));
    expect([...ofOne.keys()]).toEqual([connectionId]);
  });

  it("keeps when a stream was last read to its end while a later read is under way", async () => {
    const save = (isAtEnd: boolean) =>
      hub.inTenant((tx) =>
        saveCheckpoint(tx, { connectionId, stream: "deals", checkpoint: { isAtEnd }, isAtEnd }),
      );
    const end = async () =>
      (await hub.inTenant((tx) => connectionStandings(tx, { connectionId }))).get(connectionId)
        ?.streams[0]?.readToEndAt;
    await save(false);
    expect(await end()).toBeNull();
    await save(true);
    const first = await end();
    await save(false);
    expect(await end()).toBe(first);
  });
});

it("a stream's checkpoint stays while the connection is saved again, rotated and opened by another process", async () => {
  const checkpoint = { stamp: "2026-11-24T10:00:00.000Z", id: "006" };
  await hub.inTenant((tx) => saveCheckpoint(tx, { connectionId, stream: "deals", checkpoint }));
  await put();
  await hub.inTenant((tx) =>
    switchCredentials(tx, { id: connectionId, proven: next, oldWebhookSecretsUntil: null }),
  );
  const redeployed = createDatabase({ url: hub.appUrl, poolSize: 1 });
  try {
    const kept = await redeployed.withTenant({ tenantId: hub.tenantId }, (tx) =>
      loadCheckpoint(tx, { connectionId, stream: "deals" }),
    );
    expect(kept).toEqual(checkpoint);
  } finally {
    await redeployed.close();
  }
});
