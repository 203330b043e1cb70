import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Failpoint, failpoints } from "@usher/activities";
import { entitlementsOfOrder, listTokens } from "@usher/database";
import { testTemporal } from "@usher/test-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aDeal } from "./testing/a-deal.ts";
import { type HubRig, startHubRig } from "./testing/hub-rig.ts";
import { testPayloadKeys } from "./testing/test-temporal-client.ts";

let hub: HubRig;
const folder = mkdtempSync(join(tmpdir(), "usher-failpoints-"));

beforeAll(async () => {
  hub = await startHubRig({ withoutWorker: true, withErp: true });
});
afterAll(async () => {
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("a worker that is killed between any two effects", () => {
  it("loses nothing, doubles nothing and leaves nothing stuck", async () => {
    const supervisor = superviseWorker();
    try {
      // Several of each, so that others reach the next failpoint while one waits for its time-out.
      for (const id of approved) hub.vendor.win(aDeal({ id, price: "70.00" }));
      for (const id of straight) hub.vendor.win(aDeal({ id }));
      await Promise.all(approved.map((id) => approveAndCancel(id)));
      await Promise.all(straight.map((id) => hub.reaches(id, "Active", patienceMs)));
      await Promise.all(straight.map((id) => hub.shows(id, "Active", patienceMs)));

      expect(supervisor.failure()).toBeNull();
      expect(reached()).toEqual([...failpoints].toSorted());
      expect(supervisor.kills()).toBe(failpoints.length);
      for (const id of straight) await expectOnce(id, { standingBills: 1 });
      for (const id of approved) {
        await expectOnce(id, { standingBills: 0 });
        const order = await hub.order(id);
        const rights = await hub.inTenant((tx) => entitlementsOfOrder(tx, order.id));
        expect(rights.every((one) => (one.activeTo ?? Infinity) <= Date.now())).toBe(true);
      }
    } finally {
      await supervisor.stop();
    }
  }, 240_000);
});

const approved = ["A1", "A2"];
const straight = ["B1", "B2", "B3", "B4", "B5", "B6"];
/** Each death costs its order a time-out of Temporal's, six seconds at most. */
const patienceMs = 180_000;

async function approveAndCancel(id: string): Promise<void> {
  await hub.reaches(id, "Awaiting approval", patienceMs);
  await hub.decide(id, "approve");
  await hub.reaches(id, "Active", patienceMs);
  await hub.command(id, { type: "cancel", by: "ops", reason: null });
  await hub.reaches(id, "Canceled", patienceMs);
  await hub.shows(id, "Canceled", patienceMs);
}

async function expectOnce(
  id: string,
  { standingBills }: { readonly standingBills: number },
): Promise<void> {
  const order = await hub.order(id);
  expect(hub.vendor.bills.filter((one) => one.orderId === order.id)).toHaveLength(1);
  expect(hub.vendor.standingBills(order.id)).toHaveLength(standingBills);
  const sales = hub.vendor.sales.filter((one) => one.orderId === order.id);
  expect(sales.map((one) => one.standing)).toEqual([standingBills > 0]);
  const { items } = await hub.inTenant((tx) =>
    listTokens(tx, { orderId: order.id, limit: 10, cursor: null }),
  );
  expect(items).toHaveLength(1);
  const types = (await hub.events(id)).map((event) => event.type);
  for (const type of [
    "order_received",
    "order_billed",
    "order_booked",
    "entitlements_granted",
  ] as const) {
    expect(
      types.filter((one) => one === type),
      `${type} of ${id}`,
    ).toHaveLength(1);
  }
  // Told in order, each once: what the CRM shows never goes back.
  const told = hub.vendor.written.filter((one) => one.dealId === id).map((one) => one.sequence);
  expect(told).toEqual([...new Set(told)].toSorted((one, other) => one - other));
}

function reached(): readonly string[] {
  return readdirSync(folder).toSorted();
}

/** Keeps one worker process alive: when it dies, by its own hand, the next one starts at once. */
function superviseWorker() {
  let kills = 0;
  let failure: string | null = null;
  let isStopping = false;
  let child: ChildProcess;
  const start = () => {
    child = spawn(
      process.execPath,
      [fileURLToPath(new URL("./testing/worker-process.ts", import.meta.url))],
      {
        env: environment(failpoints),
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    let errors = "";
    child.stderr?.on("data", (part: Buffer) => {
      errors += part.toString();
    });
    child.once("exit", (code, signal) => {
      if (isStopping) return;
      if (signal === "SIGKILL") kills += 1;
      else failure = `The worker ended with ${code ?? signal}: ${errors}`;
      start();
    });
  };
  start();
  return {
    kills: () => kills,
    failure: () => failure,
    stop: async () => {
      isStopping = true;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function environment(names: readonly Failpoint[]): NodeJS.ProcessEnv {
  const { address, namespace } = testTemporal();
  return {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    NODE_NO_WARNINGS: "1",
    DATABASE_URL: hub.databaseUrl,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    USHER_TASK_QUEUE_PREFIX: hub.taskQueuePrefix,
    USHER_PAYLOAD_KEYS: testPayloadKeys
      .map(({ id, secret }) => `${id}:${secret.toString("base64")}`)
      .join(","),
    USHER_KEY_ENCRYPTION_KEY: Buffer.from(hub.keyEncryptionKey).toString("base64"),
    USHER_PUBLIC_URL: "http://hub.test",
    USHER_POLL_INTERVAL_SECONDS: "0.2",
    USHER_WORKER_HTTP_PORT: "0",
    USHER_LOG_LEVEL: "silent",
    USHER_LEASE_SECONDS: "2",
    USHER_WORKFLOW_TASK_SECONDS: "3",
    USHER_SHUTDOWN_GRACE_SECONDS: "2",
    USHER_FAILPOINTS: `${folder}:${names.join(",")}`,
  };
}
