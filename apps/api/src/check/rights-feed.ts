import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  type Database,
  findCustomer,
  type Listener,
  listCustomers,
  loadPublishedCatalog,
  pageLimitMax,
  rightsChangedSince,
  rightsHorizon,
  type TenantTransaction,
} from "@usher/database";
import { type CustomerId, type Instant, isId, type TenantId } from "@usher/entitlement-core/kernel";
import { createBatcher } from "../http/batcher.ts";
import type { Logger } from "../observability/create-logger.ts";
import { customerBy } from "../wire/customer-by.ts";
import { createAnswersBudget } from "./answers-budget.ts";
import { type CustomerOfTenant, createReadAgainAgenda } from "./read-again-agenda.ts";
import { type NamedCustomer, readCustomerRights } from "./read-customer-rights.ts";
import { createTenantRights, type TenantRights } from "./tenant-rights.ts";

/** How fresh the rights in memory are. */
export interface Freshness {
  /** Everything committed before this instant is in. */
  readonly asOf: number;
  readonly lagMs: number;
}

/** Keeps all tenants' rights in memory, and knows how far behind the database they may be. */
export interface RightsFeed {
  /** Loads every tenant, then follows changes. */
  start(): Promise<void>;
  /** Undefined while the tenant is not loaded. */
  rightsOf(tenantId: TenantId): TenantRights | undefined;
  freshness(now: number): Freshness;
  /** Asks the database for a customer that is not known here; undefined: there is none. */
  lookUp(input: {
    readonly tenantId: TenantId;
    readonly reference: string;
    readonly now: number;
  }): Promise<CustomerId | undefined>;
  /** Reads these customers again; resolves when the table holds what the books say now. */
  refresh(input: {
    readonly tenantId: TenantId;
    readonly customerIds: readonly CustomerId[];
  }): Promise<void>;
  /** A catalog was published by this process. */
  catalogPublished(tenantId: TenantId): void;
  /** Tells the feeds of other processes, in the transaction, that usage of these customers changes. */
  readonly processId: string;
  readonly isLoaded: boolean;
  readonly entitlements: number;
  close(): Promise<void>;
}

export interface RightsFeedOptions {
  readonly database: Database;
  readonly log: Logger;
  readonly clock: () => number;
  /** How often lost announcements are made good. At most 1 s. */
  readonly pollMs?: number;
}

/** A customer that was asked for and does not exist is not asked for again for so long. */
const unknownForMs = 1_000;
const unknownMax = 50_000;
/** How often a changed catalog is noticed when no right changed with it. */
const catalogEveryMs = 5_000;

export function createRightsFeed({
  database,
  log,
  clock,
  pollMs = 400,
}: RightsFeedOptions): RightsFeed {
  const tenants = new Map<TenantId, TenantRights>();
  const unknown = new Map<string, number>();
  const agenda = createReadAgainAgenda();
  const budget = createAnswersBudget();
  const processId = randomUUID().slice(0, 8);
  const stopping = new AbortController();
  let horizon = 0;
  let asOf = 0;
  let isLoaded = false;
  let catalogsAt = 0;
  let listener: Listener | undefined;
  let polling: Promise<void> = Promise.resolve();

  const changes = createBatcher<CustomerOfTenant>({
    waitMs: 2,
    work: async (batch) => {
      const byTenant = new Map<TenantId, Set<CustomerId>>();
      for (const { tenantId, customerId } of batch) {
        const ids = byTenant.get(tenantId) ?? new Set();
        byTenant.set(tenantId, ids.add(customerId));
      }
      for (const [tenantId, ids] of byTenant) await readAgain(tenantId, [...ids]);
    },
  });

  async function readAgain(tenantId: TenantId, ids: readonly CustomerId[]): Promise<void> {
    for (let start = 0; start < ids.length; start += pageLimitMax) {
      const page = ids.slice(start, start + pageLimitMax);
      await database.withTenant({ tenantId, readOnly: true }, async (tx) => {
        const rights = await rightsIn(tx);
        const rows = await tx.db
          .selectFrom("customers")
          .select(["id", "external_id"])
          .where("id", "in", page)
          .execute();
        await keep({
          tx,
          rights,
          customers: rows.map((row) => ({ id: row.id as CustomerId, externalId: row.external_id })),
        });
      });
    }
  }

  /** The tenant's rights, under the catalog in force. */
  async function rightsIn(tx: TenantTransaction): Promise<TenantRights> {
    const known = tenants.get(tx.tenantId);
    const catalog = await loadPublishedCatalog(tx, { known: known?.catalog ?? null });
    if (known === undefined) {
      const made = createTenantRights(catalog, budget);
      tenants.set(tx.tenantId, made);
      return made;
    }
    if (catalog !== null && catalog.version !== known.catalog?.version) known.setCatalog(catalog);
    return known;
  }

  async function keep({
    tx,
    rights,
    customers,
  }: {
    readonly tx: TenantTransaction;
    readonly rights: TenantRights;
    readonly customers: readonly NamedCustomer[];
  }): Promise<void> {
    const features = rights.catalog?.features ?? [];
    const read = await readCustomerRights(tx, { customers, features, now: clock() as Instant });
    for (const { readAgainAt, ...customer } of read) {
      rights.replace(customer);
      if (readAgainAt !== null)
        agenda.note({ tenantId: tx.tenantId, customerId: customer.customer, at: readAgainAt });
    }
  }

  async function loadTenant(tenantId: TenantId): Promise<void> {
    let cursor: string | null = null;
    do {
      const next: string | null = await database.withTenant(
        { tenantId, readOnly: true },
        async (tx) => {
          const rights = await rightsIn(tx);
          const page = await listCustomers(tx, { limit: pageLimitMax, cursor });
          await keep({ tx, rights, customers: page.items });
          return page.nextCursor;
        },
      );
      cursor = next;
    } while (cursor !== null && !stopping.signal.aborted);
  }

  /** Whatever was written since the last look, however it was or was not announced. */
  async function poll(): Promise<void> {
    const startedAt = clock();
    const changed = await database.directory.tenantsWithChangedRights(horizon);
    let next = Number.POSITIVE_INFINITY;
    for (const tenantId of changed) {
      const found = await database.withTenant({ tenantId, readOnly: true }, (tx) =>
        rightsChangedSince(tx, { since: horizon }),
      );
      await Promise.all(
        found.customerIds.map((customerId) => changes.add({ tenantId, customerId })),
      );
      next = Math.min(next, found.next);
    }
    await readWhatIsDue(startedAt);
    await loadNewTenants();
    if (startedAt - catalogsAt >= catalogEveryMs) {
      catalogsAt = startedAt;
      for (const tenantId of tenants.keys()) await followCatalog(tenantId);
    }
    if (Number.isFinite(next)) horizon = next;
    asOf = startedAt;
  }

  /** What is carried over into a usage period that has just begun: no one writes anything then. */
  async function readWhatIsDue(now: number): Promise<void> {
    await Promise.all(agenda.due(now).map((customer) => changes.add(customer)));
    agenda.forget(now);
  }

  async function loadNewTenants(): Promise<void> {
    for (const { id } of await database.directory.tenants())
      if (!tenants.has(id)) await loadTenant(id);
  }

  async function followCatalog(tenantId: TenantId): Promise<void> {
    await database.withTenant({ tenantId, readOnly: true }, rightsIn);
  }

  async function keepPolling(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        await poll();
        if (failures > 0) log.info({ failures }, "the check table follows the database again");
        failures = 0;
      } catch (error) {
        failures += 1;
        // Told once and then rarely: the lag in every answer and metric says the rest.
        if (failures === 1 || failures % 60 === 0)
          log.warn({ err: error, failures }, "the check table cannot follow the database");
      }
      await delay(pollMs, undefined, { signal: stopping.signal, ref: false }).catch(
        () => undefined,
      );
    }
  }

  function onChange(payload: string): void {
    const [tenantId = "", customerId = "", from] = payload.split(":");
    if (from === processId || !isId("tenant", tenantId) || !isId("customer", customerId)) return;
    // A failed read is made good by the next poll.
    changes
      .add({ tenantId, customerId })
      .catch((error: unknown) => log.debug({ err: error }, "a changed customer was not read"));
  }

  return {
    processId,
    async start() {
      // The horizon is taken before the first page, so nothing that changes while loading is missed.
      const first = (await database.directory.tenants())[0];
      if (first !== undefined) {
        horizon = await database.withTenant({ tenantId: first.id, readOnly: true }, rightsHorizon);
      }
      listener = await database.listen({
        channels: ["usher_rights"],
        onNotification: ({ payload }) => onChange(payload),
        onError: (error) =>
          log.warn({ err: error }, "the listener for changed rights broke; polling goes on"),
      });
      await loadNewTenants();
      await poll();
      isLoaded = true;
      polling = keepPolling();
    },
    rightsOf: (tenantId) => tenants.get(tenantId),
    freshness: (now) => ({ asOf, lagMs: Math.max(0, now - asOf) }),
    async lookUp({ tenantId, reference, now }) {
      const mark = `${tenantId} ${reference}`;
      const asked = unknown.get(mark);
      if (asked !== undefined && now - asked < unknownForMs) return undefined;
      const customer = await database.withTenant({ tenantId, readOnly: true }, async (tx) => {
        const found = await findCustomer(tx, customerBy(reference));
        if (found !== null) await keep({ tx, rights: await rightsIn(tx), customers: [found] });
        return found;
      });
      if (customer !== null) return customer.id;
      if (unknown.size >= unknownMax) unknown.clear();
      unknown.set(mark, now);
      return undefined;
    },
    async refresh({ tenantId, customerIds }) {
      await Promise.all(customerIds.map((customerId) => changes.add({ tenantId, customerId })));
    },
    catalogPublished(tenantId) {
      followCatalog(tenantId).catch((error: unknown) =>
        log.debug({ err: error }, "a published catalog was not read at once"),
      );
    },
    get isLoaded() {
      return isLoaded;
    },
    get entitlements() {
      let sum = 0;
      for (const rights of tenants.values()) sum += rights.table.entitlements;
      return sum;
    },
    async close() {
      stopping.abort();
      await listener?.close();
      await polling;
      await changes.drain();
    },
  };
}
