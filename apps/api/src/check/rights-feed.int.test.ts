import { applySupersession, type Database, entitlementsOfOrder } from "@usher/database";
import type { FeatureKey } from "@usher/entitlement-core/catalog";
import { supersede } from "@usher/entitlement-core/entitlement";
import type { Instant, OrderId } from "@usher/entitlement-core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLogger } from "../observability/create-logger.ts";
import { type ApiRig, startApiRig } from "../testing/api-rig.ts";
import { eventually } from "../testing/eventually.ts";
import { type GrantedCustomer, grantedCustomer } from "../testing/granted-customer.ts";
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
