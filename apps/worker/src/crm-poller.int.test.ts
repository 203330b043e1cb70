import { createCallVendor } from "@usher/activities";
import type { CrmConnector, DealPage } from "@usher/connector-sdk/spec";
import { createDatabase, ensureTenant, saveConnection } from "@usher/database";
import type { TimeZone } from "@usher/entitlement-core/kernel";
import { createTestDatabase } from "@usher/test-kit";
import { afterAll, expect, it } from "vitest";
import { createCrmPoller } from "./crm-poller.ts";
import { createWorkerLog } from "./worker-log.ts";
import { createWorkerMetrics } from "./worker-metrics.ts";

const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

it("a read that had to begin again, because the CRM has forgotten our position, is told to the operator once", async () => {
  const made = await createTestDatabase();
  const owner = createDatabase({ url: made.databaseUrl, poolSize: 1 });
  const database = createDatabase({ url: made.appUrl, poolSize: 3 });
  stops.push(
    () => made.drop(),
    () => owner.close(),
    () => database.close(),
  );
  const tenantId = await ensureTenant(owner, {
    slug: "ours",
    name: "Ours",
    timeZone: "UTC" as TimeZone,
  });
  const { id: connectionId } = await database.withTenant({ tenantId }, (tx) =>
    saveConnection(tx, {
      vendor: "hubspot",
      name: "HubSpot",
      kinds: ["crm"],
      config: {},
      sealedSecrets: new Uint8Array(),
    }),
  );
  const pages: DealPage[] = [
    { changes: [], checkpoint: { at: 1 }, hasMore: true, isFullRead: true },
    { changes: [{ dealId: "1", version: "1" }], checkpoint: { at: 2 }, hasMore: false },
  ];
  const metrics = createWorkerMetrics();
  const logged: string[] = [];
  const turn = createCrmPoller({
    database,
    callVendor: createCallVendor({ now: Date.now, log: () => {}, report: () => {} }),
    metrics,
    log: createWorkerLog({ level: "warn", destination: { write: (line) => logged.push(line) } }),
  });
  const crm = {
    readChanges: async () =>
      pages.shift() ?? { changes: [], checkpoint: { at: 2 }, hasMore: false },
  } as Partial<CrmConnector> as CrmConnector;
  const vendor = { connectionId, vendor: "hubspot", crm, billing: null };
  const signal = new AbortController().signal;
  expect(await turn({ tenantId, vendor, signal })).toBe("idle");
  expect(await turn({ tenantId, vendor, signal })).toBe("idle");
  expect(logged).toHaveLength(1);
  expect(JSON.parse(logged[0] ?? "")).toMatchObject({
    connection: connectionId,
    stream: "deals",
    msg: expect.stringContaining("everything that stands is read again"),
  });
  const { values } = await metrics.fullReads.get();
  expect(values).toMatchObject([{ value: 1, labels: { connection: connectionId } }]);
});
