import { instantFromMs } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  abandonIdempotent,
  beginIdempotent,
  completeIdempotent,
  removeExpiredIdempotencyKeys,
} from "./idempotency-repository.ts";
import {
  appendOutbox,
  claimOutbox,
  markPublished,
  outboxBacklog,
  postponeOutbox,
  removePublished,
} from "./outbox-repository.ts";
import { aHub, type TestHub } from "./testing/a-hub.ts";

let hub: TestHub;

beforeAll(async () => {
  hub = await aHub({ poolSize: 40 });
});

afterAll(() => hub.close());

const tomorrow = instantFromMs(Date.now() + 86_400_000);
const response = { status: 202, body: '{"id":"ord_1"}' };

describe("an idempotency key", () => {
  it("of twenty requests at once exactly one is new", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => begin("race")));
    expect(answers.filter((answer) => answer.kind === "new")).toHaveLength(1);
    expect(answers.filter((answer) => answer.kind === "in-flight")).toHaveLength(19);
  });

  it("in the transaction of the work, the others wait for it and get its answer", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        hub.inTenant(async (tx) => {
          const answer = await beginIdempotent(tx, aKey("waiting"));
          if (answer.kind === "new") await completeIdempotent(tx, { ...aKey("waiting"), response });
          return answer;
        }),
      ),
    );
    expect(answers.filter((answer) => answer.kind === "new")).toHaveLength(1);
    expect(answers.filter((answer) => answer.kind === "replay")).toHaveLength(9);
    for (const answer of answers)
      if (answer.kind === "replay") expect(answer.response).toEqual(response);
  });

  it("answers the same again once it is done, and refuses another body", async () => {
    await begin("done");
    expect(await complete("done")).toBe(true);
    expect(await begin("done")).toEqual({ kind: "replay", response });
    expect(await begin("done", "another body")).toEqual({ kind: "reused-with-other-body" });
  });

  it("refuses another body also while the first is in flight", async () => {
    await begin("in-flight");
    expect(await begin("in-flight", "another body")).toEqual({ kind: "reused-with-other-body" });
  });

  it("says nothing about another tenant's", async () => {
    await begin("theirs");
    expect((await hub.inOtherTenant((tx) => beginIdempotent(tx, aKey("theirs")))).kind).toBe("new");
  });

  it("is free again once it was given up", async () => {
    await begin("given-up");
    await hub.inTenant((tx) => abandonIdempotent(tx, aKey("given-up")));
    expect((await begin("given-up")).kind).toBe("new");
  });

  it("is free again when its holder died, for the same body only, and the dead one cannot answer late", async () => {
    await begin("dead");
    await hub.inTenant((tx) =>
      sql`update idempotency_keys set locked_at = now() - interval '2 minutes' where key = 'dead'`.execute(
        tx.db,
      ),
    );
    expect(await begin("dead", "another body")).toEqual({ kind: "reused-with-other-body" });
    expect((await begin("dead")).kind).toBe("new");
    expect(await complete("dead")).toBe(true);
    expect(await complete("dead")).toBe(false);
  });

  it("is free for any body once it has expired", async () => {
    const past = instantFromMs(Date.now() - 1000);
    await hub.inTenant((tx) => beginIdempotent(tx, { ...aKey("old"), expiresAt: past }));
    expect((await begin("old", "another body")).kind).toBe("new");
    await hub.inTenant((tx) => beginIdempotent(tx, { ...aKey("older"), expiresAt: past }));
    const now = instantFromMs(Date.now());
    expect(await hub.inTenant((tx) => removeExpiredIdempotencyKeys(tx, { now, limit: 10 }))).toBe(
      1,
    );
  });
});

describe("the outbox", () => {
  it("keeps no message of a change that was rolled back", async () => {
    const before = await hub.inTenant(outboxBacklog);
    await expect(
      hub.inTenant(async (tx) => {
        await appendOutbox(tx, [message("ord_rolled_back")]);
        throw new Error("killed");
      }),
    ).rejects.toThrow("killed");
    expect(await hub.inTenant(outboxBacklog)).toEqual(before);
  });

  it("ten relays at once take each message once, oldest first", async () => {
    await drain();
    const ids = await hub.inTenant((tx) =>
      appendOutbox(
        tx,
        Array.from({ length: 100 }, (_, index) => message(`ord_${index}`)),
      ),
    );
    expect(ids).toEqual([...ids].sort((one, other) => one - other));
    const taken: number[] = [];
    const relay = async () => {
      for (let round = 0; round < 50; round += 1) {
        const claimed = await hub.inTenant((tx) => claimOutbox(tx, { limit: 9, leaseSeconds: 60 }));
        if (claimed.length === 0) return;
        taken.push(...claimed.map((one) => one.id));
      }
    };
    await Promise.all(Array.from({ length: 10 }, relay));
    expect(taken.sort((one, other) => one - other)).toEqual(ids);
    await hub.inTenant((tx) => markPublished(tx, taken));
  });

  it("gives a message again when its relay died or could not deliver, until it is marked", async () => {
    await drain();
    const [id] = await hub.inTenant((tx) => appendOutbox(tx, [message("ord_again")]));
    const claim = (leaseSeconds: number) =>
      hub.inTenant((tx) => claimOutbox(tx, { limit: 10, leaseSeconds }));
    expect(await claim(0)).toMatchObject([{ id, attempts: 1, payload: { orderId: "ord_again" } }]);
    expect(await claim(0)).toMatchObject([{ id, attempts: 2 }]);
    await hub.inTenant((tx) => postponeOutbox(tx, { ids: [id as number], error: "no server" }));
    expect(await claim(0)).toEqual([]);
    expect(await hub.inTenant(outboxBacklog)).toMatchObject({ waiting: 1 });
    await hub.inTenant((tx) => markPublished(tx, [id as number]));
    expect(await hub.inTenant(outboxBacklog)).toEqual({ waiting: 0, oldestAt: null });
    const before = instantFromMs(Date.now() + 60_000);
    expect(
      await hub.inTenant((tx) => removePublished(tx, { before, limit: 1000 })),
    ).toBeGreaterThan(0);
  });

  it("tells by NOTIFY which tenant has something to deliver", async () => {
    const told: string[] = [];
    const listener = await hub.database.listen({
      channels: ["usher_outbox"],
      onNotification: ({ payload }) => told.push(payload),
    });
    await hub.inTenant((tx) => appendOutbox(tx, [message("ord_told"), message("ord_too")]));
    await expect.poll(() => told, { timeout: 5_000 }).toEqual([hub.tenantId]);
    expect(await hub.database.directory.tenantsWithPendingOutbox()).toEqual([hub.tenantId]);
    await listener.close();
  });
});

describe("a listener", () => {
  it("comes back by itself when its connection is killed, and says that it did", async () => {
    const told: string[] = [];
    let listening = 0;
    const listener = await hub.database.listen({
      channels: ["usher_outbox"],
      onNotification: ({ payload }) => told.push(payload),
      onListening: () => {
        listening += 1;
      },
    });
    expect(listening).toBe(1);
    const { default: pg } = await import("pg");
    const owner = new pg.Client({ connectionString: hub.databaseUrl });
    await owner.connect();
    await owner.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'usher-listener' and datname = current_database()",
    );
    await owner.end();
    await expect.poll(() => listening, { timeout: 5_000 }).toBe(2);
    await hub.inTenant((tx) => appendOutbox(tx, [message("ord_back")]));
    await expect.poll(() => told, { timeout: 5_000 }).toEqual([hub.tenantId]);
    await listener.close();
  });
});

it("a transaction that meets a deadlock is run again and both finish", async () => {
  await hub.inTenant((tx) => beginIdempotent(tx, aKey("a")));
  await hub.inTenant((tx) => beginIdempotent(tx, aKey("b")));
  let waiting = 0;
  const bothHaveTheirFirst = async () => {
    waiting += 1;
    await expect.poll(() => waiting, { timeout: 5_000, interval: 5 }).toBeGreaterThanOrEqual(2);
  };
  const touch = (first: string, second: string) =>
    hub.inTenant(async (tx) => {
      await sql`update idempotency_keys set locked_at = now() where key = ${first}`.execute(tx.db);
      await bothHaveTheirFirst();
      await sql`update idempotency_keys set locked_at = now() where key = ${second}`.execute(tx.db);
      return first;
    });
  expect(await Promise.all([touch("a", "b"), touch("b", "a")])).toEqual(["a", "b"]);
  expect(waiting).toBe(3);
});

function aKey(key: string, fingerprint = "body") {
  return {
    route: "POST /v1/orders",
    key,
    fingerprint,
    expiresAt: tomorrow,
    lockTimeoutSeconds: 60,
  };
}

function begin(key: string, fingerprint?: string) {
  return hub.inTenant((tx) => beginIdempotent(tx, aKey(key, fingerprint)));
}

function complete(key: string) {
  return hub.inTenant((tx) => completeIdempotent(tx, { ...aKey(key), response }));
}

function message(orderId: string) {
  return { topic: "order.start", key: orderId, payload: { orderId } } as const;
}

async function drain(): Promise<void> {
  const claimed = await hub.inTenant((tx) => claimOutbox(tx, { limit: 1000, leaseSeconds: 60 }));
  await hub.inTenant((tx) =>
    markPublished(
      tx,
      claimed.map((one) => one.id),
    ),
  );
}
