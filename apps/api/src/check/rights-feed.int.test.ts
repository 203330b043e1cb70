import {
  applySupersession,
  type Database,
  entitlementsOfOrder,
  ingestUsage,
  publishCatalog,
} from "@usher/database";
import type { Catalog, FeatureKey } from "@usher/entitlement-core/catalog";
import { supersede } from "@usher/entitlement-core/entitlement";
import { type Instant, limitOf, type OrderId } from "@usher/entitlement-core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLogger } from "../observability/create-logger.ts";
import { type ApiRig, startApiRig } from "../testing/api-rig.ts";
import { eventually } from "../testing/eventually.ts";
import { type GrantedCustomer, grantedCustomer } from "../testing/granted-customer.ts";
import { aCatalog } from "../testing/sample-catalog.ts";
import { checkThePast } from "./past-check.ts";
import { createRightsFeed, type RightsFeed } from "./rights-feed.ts";

let rig: ApiRig;
beforeAll(async () => {
  rig = await startApiRig();
});
afterAll(() => rig.stop());

const log = createLogger({ level: "silent", service: "test" });

async function withFeed(
  change: Partial<Database>,
  work: (feed: RightsFeed) => Promise<void>,
): Promise<void> {
  const feed = createRightsFeed({
    database: { ...rig.database, ...change },
    log,
    clock: Date.now,
    pollMs: 200,
  });
  await feed.start();
  try {
    await work(feed);
  } finally {
    await feed.close();
  }
}

function isAllowed(feed: RightsFeed, { customerId }: GrantedCustomer): boolean {
  const question = {
    customer: customerId,
    feature: "sso" as FeatureKey,
    amount: 1,
    country: null,
    at: Date.now() as Instant,
  };
  return feed.rightsOf(rig.tenant.id)?.table.check(question).allowed ?? false;
}

async function endRights({ orderId }: GrantedCustomer): Promise<void> {
  await rig.inTenant(async (tx) => {
    const held = await entitlementsOfOrder(tx, orderId as OrderId);
    await applySupersession(tx, supersede({ held, drafts: [], now: Date.now() as Instant }));
  });
}

describe("the rights feed", () => {
  it("has everything after starting, and follows changes as they are announced", async () => {
    const customer = await grantedCustomer(rig);
    await withFeed({}, async (feed) => {
      expect(feed.isLoaded).toBe(true);
      expect(isAllowed(feed, customer)).toBe(true);
      await endRights(customer);
      await eventually(() => expect(isAllowed(feed, customer)).toBe(false), 1_000);
    });
  });

  it("catches up within a second when every announcement is lost", async () => {
    const customer = await grantedCustomer(rig);
    const deaf: Partial<Database> = { listen: async () => ({ close: async () => undefined }) };
    await withFeed(deaf, async (feed) => {
      const later = await grantedCustomer(rig);
      await eventually(() => expect(isAllowed(feed, later)).toBe(true), 1_000);
      await endRights(customer);
      await eventually(() => expect(isAllowed(feed, customer)).toBe(false), 1_000);
    });
  });

  it("goes on answering while the database is away, and says how far behind it is", async () => {
    const customer = await grantedCustomer(rig);
    let isAway = false;
    const { directory } = rig.database;
    const flaky: Partial<Database> = {
      directory: {
        ...directory,
        tenantsWithChangedRights: (since) =>
          isAway
            ? Promise.reject(new Error("ECONNREFUSED"))
            : directory.tenantsWithChangedRights(since),
      },
    };
    await withFeed(flaky, async (feed) => {
      isAway = true;
      await eventually(() => expect(feed.freshness(Date.now()).lagMs).toBeGreaterThan(700), 5_000);
      expect(isAllowed(feed, customer)).toBe(true);
      const { asOf } = feed.freshness(Date.now());
      isAway = false;
      await eventually(() => {
        expect(feed.freshness(Date.now()).lagMs).toBeLessThan(400);
        expect(feed.freshness(Date.now()).asOf).toBeGreaterThan(asOf);
      }, 2_000);
    });
  });

  it("misses no change of a transaction that committed long after it was written", async () => {
    const deaf: Partial<Database> = { listen: async () => ({ close: async () => undefined }) };
    const slow = await grantedCustomer(rig);
    await withFeed(deaf, async (feed) => {
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      const slowly = rig.inTenant(async (tx) => {
        const held = await entitlementsOfOrder(tx, slow.orderId as OrderId);
        await applySupersession(tx, supersede({ held, drafts: [], now: Date.now() as Instant }));
        await released;
      });
      // Others commit, and are seen, while the slow one is still open.
      const quick = await grantedCustomer(rig);
      await eventually(() => expect(isAllowed(feed, quick)).toBe(true), 2_000);
      expect(isAllowed(feed, slow)).toBe(true);
      release();
      await slowly;
      await eventually(() => expect(isAllowed(feed, slow)).toBe(false), 1_000);
    });
  });
});

describe("an allowance that rolls over", () => {
  const apiCalls = "api_calls" as FeatureKey;
  let aheadMs = 0;

  const checkAt = (feed: RightsFeed, { customerId }: GrantedCustomer, at: number) => {
    const rights = feed.rightsOf(rig.tenant.id);
    if (rights === undefined) throw new Error("The tenant is not loaded.");
    const question = {
      customer: customerId,
      feature: apiCalls,
      amount: 1,
      country: null,
      at: at as Instant,
    };
    const { limit, remaining, resetAt } = rights.table.check(question);
    return { limit, remaining, resetAt };
  };

  const use = async ({ customerId }: GrantedCustomer, eventId: string, at: number) => {
    await rig.inTenant((tx) =>
      ingestUsage(tx, [
        {
          source: "test",
          eventId,
          customerId,
          feature: apiCalls,
          quantity: 700,
          occurredAt: at as Instant,
        },
      ]),
    );
  };

  it("is in the table as soon as the next period begins, also for who never used any, and the books say the same", async () => {
    const catalog = aCatalog();
    await rig.inTenant((tx) =>
      publishCatalog(tx, {
        catalog: { ...catalog, offerings: catalog.offerings.map(withRollover) },
        publishedBy: "test",
      }),
    );
    const user = await grantedCustomer(rig);
    const idler = await grantedCustomer(rig);
    const now = Date.now();
    await use(user, "e-1", now);
    const feed = createRightsFeed({
      database: rig.database,
      log,
      clock: () => Date.now() + aheadMs,
      pollMs: 100,
    });
    await feed.start();
    try {
      const first = checkAt(feed, user, now);
      expect(first).toMatchObject({ limit: limitOf(1_000), remaining: limitOf(300) });
      expect(checkAt(feed, idler, now).limit).toEqual(limitOf(1_000));
      const { resetAt } = first;
      if (resetAt === null) throw new Error("The calls never start anew.");

      aheadMs = resetAt - Date.now();
      await eventually(() => {
        expect(checkAt(feed, user, resetAt).limit).toEqual(limitOf(1_300));
        expect(checkAt(feed, idler, resetAt).limit).toEqual(limitOf(1_400));
      }, 2_000);
      const past = { database: rig.database, tenantId: rig.tenant.id, feature: apiCalls };
      for (const [{ customerId }, limit] of [
        [user, 1_300],
        [idler, 1_400],
      ] as const) {
        const answer = await checkThePast({
          ...past,
          customer: customerId,
          amount: 1,
          country: null,
          at: resetAt,
        });
        expect(answer).toMatchObject({ limit: limitOf(limit), remaining: limitOf(limit) });
      }

      // Use of the period that is over, told late, takes back what it carried.
      await use(user, "e-2", resetAt - 1);
      await feed.refresh({ tenantId: rig.tenant.id, customerIds: [user.customerId] });
      expect(checkAt(feed, user, resetAt).limit).toEqual(limitOf(1_000));
    } finally {
      await feed.close();
    }
  });
});

/** Up to 400 unused calls are carried over. */
function withRollover(offering: Catalog["offerings"][number]): Catalog["offerings"][number] {
  return {
    ...offering,
    entitlements: offering.entitlements.map((one) =>
      one.kind === "metered" ? { ...one, rollover: { max: limitOf(400) } } : one,
    ),
  };
}
