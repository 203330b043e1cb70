import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { createDatabase, type Database } from "../../../packages/database/src/index.ts";
import type { TenantId } from "../../../packages/entitlement-core/src/kernel/index.ts";
import type { HubStage } from "../stage/hub-stage.ts";
import { dealToWin } from "./deal-to-win.ts";

const giveUpAfterMs = 30_000;
const lookEveryMs = 5;

export type Way = "webhook" | "polling";

/** Deals won in the simulated Salesforce, and when the hub's inbox held them. */
export interface InboxArrivals {
  /** Wins one deal; milliseconds until it was stored, by the clock of the machine that both share. */
  winAndAwait(way: Way): Promise<number>;
  /** Every deal won so far must have come by both ways; how many deals that were. */
  verifyAll(): Promise<number>;
  stop(): Promise<void>;
}

export async function watchInboxArrivals(hub: HubStage): Promise<InboxArrivals> {
  if (hub.simulator === null) throw new Error("This hub runs without vendors.");
  const { control } = hub.simulator;
  const database = createDatabase({ url: hub.appUrl, poolSize: 1 });
  const tenantId = await onlyTenant(database);
  const run = randomBytes(4).toString("hex");
  const won: string[] = [];

  async function arrival(dealId: string, way: Way): Promise<number> {
    const giveUpAt = performance.now() + giveUpAfterMs;
    while (performance.now() < giveUpAt) {
      const row = await database.withTenant({ tenantId, readOnly: true }, ({ db }) =>
        db
          .selectFrom("inbox")
          .select("received_at")
          .where("deal_id", "=", dealId)
          .where("type", way === "polling" ? "=" : "!=", "poll")
          .orderBy("received_at")
          .limit(1)
          .executeTakeFirst(),
      );
      if (row !== undefined) return row.received_at.getTime();
      await delay(lookEveryMs);
    }
    throw new Error(`Deal ${dealId} did not come by ${way} within ${giveUpAfterMs / 1000} s.`);
  }

  async function winAndAwait(way: Way): Promise<number> {
    const name = `Deal ${run}-${won.length + 1}`;
    const since = Date.now();
    const deal = await control.winDeal(dealToWin({ name, account: `Account of ${name}` }));
    won.push(deal.id);
    return (await arrival(deal.id, way)) - since;
  }

  return {
    winAndAwait,
    async verifyAll() {
      await winAndAwait("webhook");
      for (const id of won) {
        await arrival(id, "webhook");
        await arrival(id, "polling");
      }
      return won.length;
    },
    stop: () => database.close(),
  };
}

async function onlyTenant(database: Database): Promise<TenantId> {
  const [tenant] = await database.directory.tenants();
  if (tenant === undefined) throw new Error("The hub has no tenant.");
  return tenant.id;
}
