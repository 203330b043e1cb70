import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { Listener } from "./listen.ts";
import { appendOutbox } from "./outbox-repository.ts";
import { aHub, type TestHub } from "./testing/a-hub.ts";

let hub: TestHub;
let listener: Listener;
let told: string[];

beforeAll(async () => {
  hub = await aHub();
});
beforeEach(async () => {
  told = [];
  listener = await hub.database.listen({
    channels: ["usher_outbox"],
    onNotification: ({ payload }) => told.push(payload),
  });
});
afterEach(() => listener.close());
afterAll(() => hub.close());

const message = (key: string) => ({ topic: "order.start" as const, key, payload: {} });

it("what several statements of one transaction announce leaves once, after the commit", async () => {
  await hub.inTenant(async (tx) => {
    await appendOutbox(tx, [message("one")]);
    await appendOutbox(tx, [message("two")]);
  });
  await expect.poll(() => told, { timeout: 5_000 }).toEqual([hub.tenantId]);
});

it("a transaction that is rolled back announces nothing, and the connection's next one only its own", async () => {
  const failed = hub.inTenant(async (tx) => {
    await appendOutbox(tx, [message("undone")]);
    throw new Error("changed its mind");
  });
  await expect(failed).rejects.toThrow("changed its mind");
  await hub.inTenant((tx) => appendOutbox(tx, [message("done")]));
  await expect.poll(() => told, { timeout: 5_000 }).toEqual([hub.tenantId]);
});

it("a session that knows nothing of this announces with its commit", async () => {
  const { default: pg } = await import("pg");
  const owner = new pg.Client({ connectionString: hub.databaseUrl });
  await owner.connect();
  await owner.query(
    `begin; select set_config('usher.tenant_id', '${hub.tenantId}', true);
     insert into outbox (topic, key, payload) values ('order.start', 'by hand', '{}'); commit`,
  );
  await owner.end();
  await expect.poll(() => told, { timeout: 5_000 }).toEqual([hub.tenantId]);
});
