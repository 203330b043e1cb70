import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import {
  type Entitlement,
  type EntitlementStart,
  supersede,
} from "@usher/entitlement-core/entitlement";
import { instantFromMs, type OrderId } from "@usher/entitlement-core/kernel";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  applySupersession,
  entitlementPage,
  entitlementsOfCustomers,
  entitlementsOfOrder,
  rightsChangedSince,
  rightsHorizon,
} from "./entitlement-repository.ts";
import { grantOrder } from "./grant-repository.ts";
import { loadOrderForPlanning } from "./order-planning-repository.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { aDeal, noon } from "./testing/a-deal.ts";
import { aHub, type TestHub, withCatalogAndPeople } from "./testing/a-hub.ts";
import { anOrder, readyToGrant, theDrafts, unsigned, withKey } from "./testing/an-order.ts";
import { countStatements } from "./testing/count-statements.ts";
import { findToken, issueToken, listTokens, revokeTokens } from "./token-repository.ts";

const day = 86_400_000;
let hub: TestHub;
let catalog: PublishedCatalog;
let deals = 0;

beforeAll(async () => {
  hub = await aHub({ poolSize: 40 });
  catalog = await hub.inTenant(withCatalogAndPeople);
  await hub.inTenant(withKey);
});

afterAll(() => hub.close());

describe("grantOrder", () => {
  it("writes rights, token, events and the order's row together", async () => {
    const orderId = await aProvisionedOrder();
    const outcome = await hub.inTenant((tx) => grant(tx, orderId));
    if (outcome.kind !== "granted") throw new Error(`expected granted, got ${outcome.kind}`);
    expect(outcome.order).toMatchObject({ status: "Active" });
    expect(outcome.started).toHaveLength(3);
    const found = await hub.inTenant((tx) => loadOrderForPlanning(tx, orderId));
    expect(found).toMatchObject({
      order: { status: "Active", eventSequence: 5 },
      tokens: [{ jti: outcome.token.jti, kid: "kid-1", isRevoked: false }],
      writeBacks: [],
    });
    expect(found?.entitlements).toEqual([...outcome.started].sort(byId));
    expect(await hub.inTenant((tx) => findToken(tx, outcome.token.jti))).toEqual(outcome.token);
  });

  it("of ten grants of one revision at once exactly one is made", async () => {
    const orderId = await aProvisionedOrder();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => hub.inTenant((tx) => grant(tx, orderId))),
    );
    const kinds = outcomes.map((outcome) => outcome.kind);
    expect(kinds.filter((kind) => kind === "granted")).toHaveLength(1);
    for (const kind of kinds) expect(["granted", "conflict", "already-granted"]).toContain(kind);
    await hub.inTenant(async (tx) => {
      expect(await entitlementsOfOrder(tx, orderId)).toHaveLength(3);
      expect((await listTokens(tx, { limit: 10, cursor: null, orderId })).items).toHaveLength(1);
    });
    expect((await hub.inTenant((tx) => grant(tx, orderId))).kind).toBe("already-granted");
  });

  it("leaves nothing when the signer fails", async () => {
    const orderId = await aProvisionedOrder();
    await expect(
      hub.inTenant((tx) =>
        grant(tx, orderId, () => {
          throw new Error("no key");
        }),
      ),
    ).rejects.toThrow("no key");
    const found = await hub.inTenant((tx) => loadOrderForPlanning(tx, orderId));
    expect(found).toMatchObject({
      order: { status: "Provisioning" },
      entitlements: [],
      tokens: [],
    });
  });

  it("costs three statements", async () => {
    const orderId = await aProvisionedOrder();
    const statements = await hub.inTenant(async (tx) => {
      const found = await loadOrderForPlanning(tx, orderId);
      return countStatements(tx, (counted) => grant(counted, orderId, undefined, found));
    });
    expect(statements).toBe(3);
  });
});

describe("a right", () => {
  it("is never edited, also not by the tables' owner: only its end may move earlier", async () => {
    const [one] = await someRights();
    const as = (statement: string) =>
      asOwner(`update entitlements set ${statement} where id = '${one?.id}'`);
    await expect(as("active_to = active_to + interval '1 day'")).rejects.toThrow(/never edited/);
    await expect(as("active_to = null")).rejects.toThrow(/never edited/);
    await expect(as("value = '{}'")).rejects.toThrow(/never edited/);
    await expect(as("geo = '{}'")).rejects.toThrow(/never edited/);
    await expect(as("customer_id = 'x'")).rejects.toThrow(/never edited/);
    await expect(asOwner(`delete from entitlements where id = '${one?.id}'`)).rejects.toThrow(
      /append-only/,
    );
    await as("active_to = active_to - interval '1 day'");
  });

  it("does not overlap another of the same order line and feature, also when both come at once", async () => {
    const [one] = await someRights();
    if (one === undefined) throw new Error("no right");
    const overlapping = startOf(one, {
      activeFrom: instantFromMs(one.activeFrom + day),
      activeTo: null,
    });
    await expect(
      hub.inTenant((tx) => applySupersession(tx, { end: [], start: [overlapping] })),
    ).rejects.toThrow(/one_right_per_source_and_instant/);

    const free = startOf(one, { provenance: { ...one.provenance, lineId: "another-line" } });
    const both = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        hub.inTenant((tx) => applySupersession(tx, { end: [], start: [free] })),
      ),
    );
    expect(both.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
  });

  it("ends exactly where its successor starts, and both are read back", async () => {
    const [one] = await someRights();
    if (one === undefined) throw new Error("no right");
    const change = instantFromMs(one.activeFrom + 30 * day);
    await hub.inTenant((tx) =>
      applySupersession(tx, {
        end: [{ id: one.id, activeTo: change }],
        start: [startOf(one, { activeFrom: change, supersedes: one.id })],
      }),
    );
    const rows = await hub.inTenant((tx) => entitlementsOfOrder(tx, one.provenance.orderId));
    const chain = rows.filter((row) => row.feature === one.feature);
    expect(chain.map((row) => [row.activeFrom, row.activeTo, row.supersedes])).toEqual([
      [one.activeFrom, change, null],
      [change, one.activeTo, one.id],
    ]);
  });

  it("that was ended before it starts has no length and stands in nobody's way", async () => {
    const [one] = await someRights();
    if (one === undefined) throw new Error("no right");
    await hub.inTenant((tx) =>
      applySupersession(tx, {
        end: [{ id: one.id, activeTo: one.activeFrom }],
        start: [startOf(one, { supersedes: one.id })],
      }),
    );
  });

  it("that is unknown cannot be ended", async () => {
    const [one] = await someRights();
    if (one === undefined) throw new Error("no right");
    await expect(
      hub.inOtherTenant((tx) =>
        applySupersession(tx, { end: [{ id: one.id, activeTo: one.activeFrom }], start: [] }),
      ),
    ).rejects.toThrow(/does not exist/);
  });
});

describe("a check table", () => {
  it("reads every right once, page by page", async () => {
    await someRights();
    const all = await hub.inTenant(async (tx) => {
      const pages: Entitlement[] = [];
      let after: Entitlement["id"] | null = null;
      for (let page = 0; page < 1000; page += 1) {
        const { entitlements, last } = await entitlementPage(tx, { after, limit: 7 });
        pages.push(...entitlements);
        if (last === null) break;
        after = last;
      }
      return pages;
    });
    const { rows } = await asOwner("select count(*)::int as n from entitlements");
    expect(all).toHaveLength(Number(rows[0]?.["n"]));
    expect(new Set(all.map((one) => one.id)).size).toBe(all.length);
  });

  it("misses no change, also not one whose transaction was open while others committed", async () => {
    const since = await hub.inTenant(rightsHorizon);
    const [slowOne] = await someRights();
    if (slowOne === undefined) throw new Error("no right");
    const { next: beforeSlow } = await hub.inTenant((tx) => rightsChangedSince(tx, { since }));

    const slow = new pg.Client({ connectionString: hub.appUrl });
    await slow.connect();
    await slow.query("begin");
    await slow.query("select set_config('usher.tenant_id', $1, true)", [hub.tenantId]);
    await slow.query("update entitlements set active_to = active_from where id = $1", [slowOne.id]);
    // Others come and go while the slow one is open, and the reader moves on past them.
    const [fast] = await someRights();
    const middle = await hub.inTenant((tx) => rightsChangedSince(tx, { since: beforeSlow }));
    expect(middle.customerIds).toContain(fast?.customerId);
    expect(middle.customerIds).not.toContain(slowOne.customerId);
    await slow.query("commit");
    await slow.end();

    const last = await hub.inTenant((tx) => rightsChangedSince(tx, { since: middle.next }));
    expect(last.customerIds).toContain(slowOne.customerId);
    expect(await hub.database.directory.tenantsWithChangedRights(middle.next)).toEqual([
      hub.tenantId,
    ]);
  });

  it("is told by NOTIFY which customer changed, once the change is committed", async () => {
    const told: string[] = [];
    const listener = await hub.database.listen({
      channels: ["usher_rights"],
      onNotification: ({ payload }) => told.push(payload),
    });
    const [one] = await someRights();
    await expect
      .poll(() => told, { timeout: 5_000 })
      .toEqual([`${hub.tenantId}:${one?.customerId}`]);
    await listener.close();
  });
});

describe("tokens", () => {
  it("fifty issued at once have fifty places in the status list", async () => {
    const [right] = await someRights();
    if (right === undefined) throw new Error("no right");
    const { customerId } = right;
    const tokens = await Promise.all(
      Array.from({ length: 50 }, () =>
        hub.inTenant((tx) =>
          issueToken(tx, { customerId, orderId: null, sign: unsigned(customerId) }),
        ),
      ),
    );
    expect(new Set(tokens.map((one) => `${one.statusListId} ${one.statusIndex}`)).size).toBe(50);
    expect(new Set(tokens.map((one) => one.statusListId)).size).toBe(1);
    for (const one of tokens) expect(one.claims.status.status_list.idx).toBe(one.statusIndex);
  });

  it("a revoked one has its bit set in the same transaction, once, and stays revoked", async () => {
    const [right] = await someRights();
    if (right === undefined) throw new Error("no right");
    const { customerId } = right;
    const token = await hub.inTenant((tx) =>
      issueToken(tx, { customerId, orderId: null, sign: unsigned(customerId) }),
    );
    const before = await hub.database.directory.findStatusList(token.statusListId);
    expect(bitAt(before?.bits, token.statusIndex)).toBe(0);
    const input = { which: { jtis: [token.jti] }, because: "leaked", now: noon } as const;
    expect(await hub.inOtherTenant((tx) => revokeTokens(tx, input))).toEqual([]);
    expect(await hub.inTenant((tx) => revokeTokens(tx, input))).toEqual([token.jti]);
    expect(await hub.inTenant((tx) => revokeTokens(tx, input))).toEqual([]);
    const after = await hub.database.directory.findStatusList(token.statusListId);
    expect(bitAt(after?.bits, token.statusIndex)).toBe(1);
    expect(after?.version).toBe((before?.version ?? 0) + 1);
    expect(countBits(after?.bits)).toBe(countBits(before?.bits) + 1);
    expect(await hub.inTenant((tx) => findToken(tx, token.jti))).toMatchObject({
      revokedAt: noon,
      revokedBecause: "leaked",
    });
    await expect(
      asOwner(
        `update tokens set revoked_at = null, revoked_because = null where jti = '${token.jti}'`,
      ),
    ).rejects.toThrow(/stays revoked/);
  });

  it("many revoked at once in two transactions lose no bit", async () => {
    const [right] = await someRights();
    if (right === undefined) throw new Error("no right");
    const { customerId } = right;
    const tokens = await hub.inTenant(async (tx) => {
      const issued = [];
      for (let count = 0; count < 20; count += 1) {
        issued.push(
          await issueToken(tx, { customerId, orderId: null, sign: unsigned(customerId) }),
        );
      }
      return issued;
    });
    const half = (rest: number) =>
      hub.inTenant((tx) =>
        revokeTokens(tx, {
          which: { jtis: tokens.filter((_, index) => index % 2 === rest).map((one) => one.jti) },
          because: "test",
          now: noon,
        }),
      );
    await Promise.all([half(0), half(1)]);
    const list = await hub.database.directory.findStatusList(tokens[0]?.statusListId as never);
    for (const one of tokens) expect(bitAt(list?.bits, one.statusIndex)).toBe(1);
  });
});

async function aProvisionedOrder(): Promise<OrderId> {
  deals += 1;
  const account = { id: `acc-${deals}`, name: `Account ${deals}`, country: "DE" };
  return hub.inTenant(async (tx) => {
    const orderId = await anOrder(tx, { catalog, deal: aDeal({ id: `ent-${deals}`, account }) });
    await readyToGrant(tx, orderId);
    return orderId;
  });
}

/** The three rights of a new order of a new customer. */
async function someRights(): Promise<readonly Entitlement[]> {
  const orderId = await aProvisionedOrder();
  const outcome = await hub.inTenant((tx) => grant(tx, orderId));
  if (outcome.kind !== "granted") throw new Error(outcome.kind);
  const { customerId } = outcome.token;
  return hub.inTenant((tx) => entitlementsOfCustomers(tx, [customerId]));
}

async function grant(
  tx: TenantTransaction,
  orderId: OrderId,
  sign?: Parameters<typeof grantOrder>[1]["sign"],
  loaded?: Awaited<ReturnType<typeof loadOrderForPlanning>>,
) {
  const found = loaded ?? (await loadOrderForPlanning(tx, orderId));
  if (!found?.order.customer) throw new Error("no order");
  const customerId = found.order.customer.id;
  return grantOrder(tx, {
    order: found.order,
    customerId,
    supersession: supersede({
      held: found.entitlements,
      drafts: theDrafts({ catalog, found }),
      now: noon,
    }),
    activeFromIso: "2026-12-31T23:00:00Z",
    activeUntilIso: "2027-12-31T23:00:00Z",
    actor: "usher",
    now: noon,
    sign: sign ?? unsigned(customerId),
  });
}

function startOf(one: Entitlement, differing: Partial<EntitlementStart>): EntitlementStart {
  const { id: _id, ...rest } = one;
  return { ...rest, supersedes: null, ...differing };
}

function byId(one: Entitlement, other: Entitlement): number {
  return one.id < other.id ? -1 : 1;
}

function bitAt(bits: Uint8Array | undefined, index: number): number {
  return ((bits?.[index >> 3] ?? 0) >> (index & 7)) & 1;
}

function countBits(bits: Uint8Array | undefined): number {
  let count = 0;
  for (const byte of bits ?? []) for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

async function asOwner(statement: string) {
  const client = new pg.Client({ connectionString: hub.databaseUrl });
  await client.connect();
  try {
    return await client.query<Record<string, unknown>>(statement);
  } finally {
    await client.end();
  }
}
