import { createCallVendor } from "@usher/activities";
import type { BillingConnector, SoldProduct } from "@usher/connector-sdk/spec";
import {
  createDatabase,
  type Database,
  ensureTenant,
  publishCatalog,
  saveConnection,
} from "@usher/database";
import type { TenantId, TimeZone } from "@usher/entitlement-core/kernel";
import { createTestDatabase } from "@usher/test-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFeatureKeeper } from "./feature-keeper.ts";
import { aCatalog } from "./testing/a-catalog.ts";
import { createWorkerLog } from "./worker-log.ts";

let database: Database;
let owner: Database;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const made = await createTestDatabase();
  owner = createDatabase({ url: made.databaseUrl, poolSize: 1 });
  database = createDatabase({ url: made.appUrl, poolSize: 5 });
  stops.push(
    () => made.drop(),
    () => owner.close(),
    () => database.close(),
  );
});
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

let tenants = 0;
async function aBillingConnection() {
  tenants += 1;
  const tenantId: TenantId = await ensureTenant(owner, {
    slug: `tenant-${tenants}`,
    name: "Ours",
    timeZone: "UTC" as TimeZone,
  });
  const { id } = await database.withTenant({ tenantId }, (tx) =>
    saveConnection(tx, {
      vendor: "stripe",
      name: "Billing",
      kinds: ["billing"],
      config: {},
      sealedSecrets: new Uint8Array(),
    }),
  );
  const told: (readonly SoldProduct[])[] = [];
  let failure: Error | null = null;
  let nowMs = 1_800_000_000_000;
  const billing: Partial<BillingConnector> = {
    keepFeatures: async ({ products }) => {
      if (failure !== null) throw failure;
      told.push(products);
      return { features: [], attached: [], detached: [] };
    },
  };
  const keeper = () =>
    createFeatureKeeper({
      database,
      callVendor: createCallVendor({ now: Date.now, log: () => {}, report: () => {} }),
      log: createWorkerLog({ level: "silent" }),
      clock: () => nowMs,
    });
  return {
    told,
    publish: (catalog = aCatalog()) =>
      database.withTenant({ tenantId }, (tx) =>
        publishCatalog(tx, { catalog, publishedBy: "test" }),
      ),
    turn: (by = keeper()) =>
      by({
        tenantId,
        vendor: {
          connectionId: id,
          vendor: "stripe",
          crm: null,
          billing: billing as BillingConnector,
        },
        signal: new AbortController().signal,
      }),
    fail: (with_: Error | null) => {
      failure = with_;
    },
    wait: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe("a billing system's features", () => {
  it("are kept by the published catalog, once a publication, and once a day besides", async () => {
    const { publish, turn, told, wait } = await aBillingConnection();
    await turn();
    expect(told).toEqual([]);
    await publish();
    await turn();
    await turn();
    expect(told).toEqual([
      [
        {
          sku: "PRO",
          name: "Pro",
          features: [
            { key: "sso", name: "Single sign-on" },
            { key: "seats", name: "Seats" },
          ],
        },
      ],
    ]);
    const { offerings, ...rest } = aCatalog();
    await publish({ ...rest, offerings: offerings.map((one) => ({ ...one, name: "Pro 2" })) });
    await turn();
    expect(told.at(-1)?.[0]?.name).toBe("Pro 2");
    wait(25 * 3_600_000);
    await turn();
    expect(told).toHaveLength(3);
  });

  it("that could not be kept are tried again in the next turn", async () => {
    const { publish, turn, told, fail } = await aBillingConnection();
    await publish();
    fail(new Error("away"));
    await expect(turn()).rejects.toThrow("away");
    fail(null);
    await turn();
    expect(told).toHaveLength(1);
  });
});
