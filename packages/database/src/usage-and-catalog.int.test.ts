import type { Catalog, FeatureKey } from "@usher/entitlement-core/catalog";
import { type CustomerId, instantFromIso, instantFromMs } from "@usher/entitlement-core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  customersHoldingSkus,
  findOfferingVersions,
  loadPublishedCatalog,
  publishCatalog,
} from "./catalog-repository.ts";
import { saveCustomers } from "./customer-repository.ts";
import { aCatalog } from "./testing/a-catalog.ts";
import { noon } from "./testing/a-deal.ts";
import { aFullTenant } from "./testing/a-full-tenant.ts";
import { aHub, type TestHub } from "./testing/a-hub.ts";
import { ingestUsage, type UsageEvent, usageBetween } from "./usage-repository.ts";

let hub: TestHub;
let customerId: CustomerId;
const calls = "calls" as FeatureKey;

beforeAll(async () => {
  hub = await aHub({ poolSize: 30 });
  const customers = await hub.inTenant((tx) =>
    saveCustomers(tx, [{ externalId: "c", name: "C", country: null }]),
  );
  customerId = customers.get("c") as CustomerId;
});

afterAll(() => hub.close());

describe("usage", () => {
  it("an event that comes many times at once counts once", async () => {
    const events = Array.from({ length: 100 }, (_, index) => anEvent(`once-${index}`, noon));
    const reports = await Promise.all(
      Array.from({ length: 10 }, () =>
        hub.inTenant((tx) => ingestUsage(tx, [...events, ...events])),
      ),
    );
    expect(reports.reduce((sum, one) => sum + one.accepted.length, 0)).toBe(100);
    expect(reports.reduce((sum, one) => sum + one.duplicates, 0)).toBe(10 * 200 - 100);
    expect(await used("2026-12-01T00:00:00Z", null)).toBe(100);
  });

  it("any period is exact to the millisecond, whatever part of an hour it cuts", async () => {
    const instants = Array.from({ length: 60 }, (_, index) => 1_800_000_000_000 + index * 777_777);
    await hub.inTenant((tx) =>
      ingestUsage(
        tx,
        instants.map((at, index) => ({ ...anEvent(`cut-${index}`, at), quantity: index + 1 })),
      ),
    );
    const edges = [0, 1, 777_777, 3_600_000, 5_000_000, 20_000_000, 46_666_620, 60_000_000].map(
      (ms) => 1_800_000_000_000 + ms,
    );
    const questions = edges.flatMap((from) => [
      ...edges.filter((to) => to >= from).map((to) => ({ from, to })),
      { from, to: null },
    ]);
    const answers = await hub.inTenant((tx) =>
      usageBetween(
        tx,
        questions.map(({ from, to }) => ({
          customerId,
          feature: calls,
          from: instantFromMs(from),
          to: to === null ? null : instantFromMs(to),
        })),
      ),
    );
    const expected = questions.map(({ from, to }) =>
      instants.reduce(
        (sum, at, index) => (at >= from && (to === null || at < to) ? sum + index + 1 : sum),
        0,
      ),
    );
    expect(answers).toEqual(expected);
  });

  it("of an unknown customer is refused as a whole", async () => {
    const event = { ...anEvent("stray", noon), customerId: "cus_unknown" as CustomerId };
    await expect(hub.inTenant((tx) => ingestUsage(tx, [event]))).rejects.toMatchObject({
      code: "23503",
    });
  });
});

describe("the catalog", () => {
  it("is published in versions; only what changed gets a new offering version", async () => {
    await hub.inTenant(async (tx) => {
      expect(await loadPublishedCatalog(tx)).toBeNull();
      const first = await publish(tx, aCatalog);
      expect(first).toMatchObject({ isNew: true, changedSkus: ["GTX-PRO", "GTX-BASIC"] });
      expect(await publish(tx, aCatalog)).toMatchObject({ isNew: false, catalog: { version: 1 } });

      const dearer: Catalog = {
        ...aCatalog,
        offerings: aCatalog.offerings.map((one) =>
          one.sku === "GTX-PRO" ? { ...one, name: "GTX Professional" } : one,
        ),
      };
      const second = await publish(tx, dearer);
      expect(second).toMatchObject({
        isNew: true,
        changedSkus: ["GTX-PRO"],
        catalog: { version: 2 },
      });
      const versions = (catalog: typeof first.catalog) =>
        catalog.offerings.map((one) => [one.sku, one.version, one.id]);
      const [oldPro, oldBasic] = versions(first.catalog);
      const [newPro, newBasic] = versions(second.catalog);
      expect(newBasic).toEqual(oldBasic);
      expect(newPro?.slice(0, 2)).toEqual(["GTX-PRO", 2]);
      expect(newPro?.[2]).not.toBe(oldPro?.[2]);

      // Running orders keep the version they were made with.
      const [kept] = await findOfferingVersions(tx, [first.catalog.offerings[0]?.id as never]);
      expect(kept).toEqual(first.catalog.offerings[0]);
      // Back to the old content is a third version, not a return to the first.
      const third = await publish(tx, aCatalog);
      expect(third.catalog.offerings[0]).toMatchObject({ version: 3, name: "GTX Pro" });
    });
  });

  it("is sent again only when it is another than the one held", async () => {
    await hub.inTenant(async (tx) => {
      const held = await loadPublishedCatalog(tx);
      expect(await loadPublishedCatalog(tx, { known: held })).toBe(held);
      const stale = held && { ...held, version: 1 };
      expect(await loadPublishedCatalog(tx, { known: stale })).toEqual(held);
    });
  });

  it("published by two at once gets two versions, one after the other", async () => {
    const named = (name: string): Catalog => ({
      ...aCatalog,
      offerings: aCatalog.offerings.map((one) => ({ ...one, name })),
    });
    const both = await Promise.all(
      ["A", "B"].map((name) => hub.inTenant((tx) => publish(tx, named(name)))),
    );
    const versions = both.map((one) => one.catalog.version).sort((one, other) => one - other);
    expect((versions[1] ?? 0) - (versions[0] ?? 0)).toBe(1);
  });

  it("names the customers who hold something of a sku", async () => {
    await hub.inOtherTenant(aFullTenant);
    const touched = (skus: readonly string[], now = noon) =>
      hub.inOtherTenant((tx) => customersHoldingSkus(tx, { skus: skus as never, now }));
    expect(await touched(["GTX-PRO", "GTX-BASIC"])).toMatchObject([
      { externalId: "001Acme", name: "Acme", skus: ["GTX-PRO"] },
    ]);
    expect(await touched(["GTX-BASIC"])).toEqual([]);
    expect(await touched(["GTX-PRO"], instantFromIso("2029-01-01T00:00:00Z"))).toEqual([]);
  });
});

function publish(tx: Parameters<typeof publishCatalog>[0], catalog: Catalog) {
  return publishCatalog(tx, { catalog, publishedBy: "cat@seller.example" });
}

function anEvent(eventId: string, at: number): UsageEvent {
  return {
    source: "product",
    eventId,
    customerId,
    feature: calls,
    quantity: 1,
    occurredAt: instantFromMs(at),
  };
}

async function used(from: string, to: string | null): Promise<number> {
  const [sum] = await hub.inTenant((tx) =>
    usageBetween(tx, [
      {
        customerId,
        feature: calls,
        from: instantFromIso(from),
        to: to === null ? null : instantFromIso(to),
      },
    ]),
  );
  return sum ?? 0;
}
