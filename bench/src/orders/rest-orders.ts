import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { demoCatalog } from "../../../apps/cli/src/index.ts";
import { toWireCatalog } from "../../../packages/api-contract/src/index.ts";
import type { HubStage } from "../stage/hub-stage.ts";

const giveUpAfterMs = 60_000;

/** Orders by REST, each of a new customer and within policy, so that nobody has to approve them. */
export interface RestOrders {
  /** Sends one and resolves when a check of what it sells is first answered with yes. */
  placeAndAwaitAccess(): Promise<void>;
  /** Holds what was placed since the last call to what it must have become; how many orders that were. */
  verifyAll(): Promise<number>;
}

export async function createRestOrders(hub: HubStage): Promise<RestOrders> {
  const known = await hub.operator.call("getCatalog");
  if (!known.ok) {
    const published = await hub.operator.call("publishCatalog", {
      body: toWireCatalog(demoCatalog),
    });
    if (!published.ok) throw new Error(published.problem.detail);
  }
  const today = new Date().toISOString().slice(0, 10);
  const run = randomBytes(4).toString("hex");
  const watch = createAccessWatch(hub);
  let count = 0;
  let placed: string[] = [];

  return {
    async placeAndAwaitAccess() {
      count += 1;
      const id = `${run}-${count}`;
      const answer = await hub.operator.call("createOrder", {
        idempotencyKey: id,
        body: {
          source: { system: "bench", id, version: "1" },
          kind: "new",
          name: `Deal ${id}`,
          customer: { external_id: id, name: `Customer ${id}`, country: "DE" },
          currency: "USD",
          lines: [
            {
              line_id: "1",
              sku: "PRO",
              quantity: 25,
              unit_price: { amount: "480.00" },
              term: { starts_on: today, months: 12 },
            },
          ],
        },
      });
      if (!answer.ok) throw new Error(`An order was refused: ${answer.problem.detail}`);
      placed.push(answer.data.id);
      await watch.untilAllowed(`ext:${id}`);
    },
    async verifyAll() {
      const ids = placed;
      placed = [];
      for (const id of ids) await expectActive(hub, id);
      return ids.length;
    },
  };
}

async function expectActive(hub: HubStage, id: string): Promise<void> {
  const answer = await hub.operator.call("getOrder", { path: { id } });
  if (!answer.ok || answer.data.status !== "Active")
    throw new Error(
      `Order ${id} gives access and stands at ${answer.ok ? answer.data.status : answer.problem.detail}.`,
    );
  const customer = answer.data.customer?.id ?? "";
  const held = await hub.operator.call("listCustomerEntitlements", { path: { id: customer } });
  const seats = held.ok ? held.data.data.find((one) => one.feature === "seats") : undefined;
  if (seats?.limit !== 25)
    throw new Error(`Order ${id} of 25 seats grants ${JSON.stringify(seats?.limit)}.`);
}

/** Asks for all customers waited for in one batch, again and again: one by one would load the machine more than the orders do. */
function createAccessWatch(hub: HubStage): {
  untilAllowed(customer: string): Promise<void>;
} {
  const waiting = new Map<string, () => void>();
  let asking: Promise<void> | undefined;

  async function askUntilAllAreAllowed(): Promise<void> {
    const giveUpAt = performance.now() + giveUpAfterMs;
    while (waiting.size > 0) {
      if (performance.now() > giveUpAt)
        throw new Error(`${waiting.size} orders gave no access within ${giveUpAfterMs / 1000} s.`);
      const customers = [...waiting.keys()];
      const answer = await hub.operator.call("checkBatch", {
        body: { checks: customers.map((customer) => ({ customer, feature: "seats", amount: 25 })) },
      });
      if (!answer.ok) throw new Error(answer.problem.detail);
      for (const [index, one] of answer.data.data.entries()) {
        const customer = customers[index];
        if (customer === undefined || !("allowed" in one) || !one.allowed) continue;
        waiting.get(customer)?.();
        waiting.delete(customer);
      }
      // Alone, an order is watched closely; many are watched as seldom as their number allows.
      await delay(customers.length === 1 ? 1 : 20);
    }
  }

  return {
    untilAllowed: (customer) =>
      new Promise((resolve, reject) => {
        waiting.set(customer, resolve);
        asking ??= askUntilAllAreAllowed().finally(() => {
          asking = undefined;
        });
        asking.catch(reject);
      }),
  };
}
