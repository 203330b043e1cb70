import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { HubStage } from "../stage/hub-stage.ts";
import { dealToWin } from "./deal-to-win.ts";

const giveUpAfterMs = 120_000;
/** Looking costs the simulator time, which it shares with what is measured: not more often, and not at more. */
const lookEveryMs = 100;
const newestLookedAt = 120;
/** What the newest no longer show is asked for by name. */
const stragglerAfterMs = 3_000;

/** Deals won in the simulated Salesforce, and what they must have become there and in the simulated Stripe. */
export interface WonDeals {
  /** Wins one and resolves when Salesforce shows it Active. */
  winAndAwaitActive(): Promise<void>;
  /** Compares what CRM, billing and hub say of all deals won so far; how many that were. */
  verifyAll(): Promise<number>;
}

export function createWonDeals(hub: HubStage): WonDeals {
  if (hub.simulator === null) throw new Error("This hub runs without vendors.");
  const { control, url } = hub.simulator;
  const run = randomBytes(4).toString("hex");
  const waiting = new Map<string, { readonly since: number; readonly resolve: () => void }>();
  const seenActive = new Set<string>();
  let looking: Promise<void> | undefined;
  let won = 0;

  async function lookUntilAllAreActive(): Promise<void> {
    const giveUpAt = performance.now() + giveUpAfterMs;
    while (waiting.size > 0) {
      if (performance.now() > giveUpAt)
        throw new Error(
          `${waiting.size} deals were not Active within ${giveUpAfterMs / 1000} s: ${[...waiting.keys()].slice(0, 3).join(", ")}.`,
        );
      await delay(lookEveryMs);
      for (const id of await newestActiveDeals(url)) settle(id);
      const now = performance.now();
      for (const [id, { since }] of waiting) {
        if (now - since < stragglerAfterMs) continue;
        const { usher } = await control.showDeal(id);
        if (usher["Usher_Status__c"] === "Active") settle(id);
      }
    }
  }

  function settle(id: string): void {
    seenActive.add(id);
    waiting.get(id)?.resolve();
    waiting.delete(id);
  }

  return {
    async winAndAwaitActive() {
      won += 1;
      const deal = await control.winDeal(
        dealToWin({ name: `Deal ${run}-${won}`, account: `Account ${run}-${won}` }),
      );
      await new Promise<void>((resolve, reject) => {
        waiting.set(deal.id, { since: performance.now(), resolve });
        looking ??= lookUntilAllAreActive().finally(() => {
          looking = undefined;
        });
        looking.catch(reject);
      });
    },
    async verifyAll() {
      const response = await fetch(`${url}/control/stripe/subscriptions?limit=100000`);
      const { data } = (await response.json()) as { data: readonly unknown[] };
      const counted = await countActiveOrders(hub);
      if (seenActive.size !== won || counted !== won || data.length !== won)
        throw new Error(
          `${won} deals were won; Salesforce shows ${seenActive.size} Active, the hub ${counted}, Stripe ${data.length} subscriptions.`,
        );
      return won;
    },
  };
}

async function newestActiveDeals(url: string): Promise<readonly string[]> {
  const response = await fetch(
    `${url}/control/salesforce/deals?status=Active&limit=${newestLookedAt}`,
  );
  const { data } = (await response.json()) as { data: readonly { readonly id: string }[] };
  return data.map((deal) => deal.id);
}

async function countActiveOrders(hub: HubStage): Promise<number> {
  let count = 0;
  for await (const order of hub.operator.each("listOrders"))
    if (order.status === "Active") count += 1;
  return count;
}
