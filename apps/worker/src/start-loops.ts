import {
  type AtFailpoint,
  type CallVendor,
  type CatalogMemory,
  tellDeals,
} from "@usher/activities";
import type { Database } from "@usher/database";
import type { Instant } from "@usher/entitlement-core/kernel";
import type { FulfillmentClient } from "@usher/temporal-client";
import { createAnnouncementPoller } from "./announcement-poller.ts";
import { type ConnectionTurn, startConnectionLoops } from "./connection-loops.ts";
import type { ConnectionRegistry } from "./connection-registry.ts";
import { createCrmPoller } from "./crm-poller.ts";
import { createFeatureKeeper } from "./feature-keeper.ts";
import { createInboxDispatcher } from "./inbox-dispatcher.ts";
import { createOutboxRelay } from "./outbox-relay.ts";
import { pauseAfterMs } from "./pause-after.ts";
import { createRecovery } from "./recovery.ts";
import { startServiceLoop, type TurnOutcome } from "./service-loop.ts";
import { createTakeBillingChanges } from "./take-billing-changes.ts";
import { createTakeDeals } from "./take-deals.ts";
import type { WorkerLog } from "./worker-log.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

/** How long the loops that ask wait before they ask again. */
export interface LoopIntervals {
  readonly pollMs: number;
  readonly announcementsMs: number;
  readonly featuresMs: number;
}

export interface LoopDependencies {
  readonly database: Database;
  readonly fulfillment: FulfillmentClient;
  readonly vendors: ConnectionRegistry;
  readonly callVendor: CallVendor;
  readonly catalogs: CatalogMemory;
  readonly metrics: WorkerMetrics;
  readonly log: WorkerLog;
  readonly atFailpoint: AtFailpoint;
  readonly publicUrl: string;
  readonly leaseSeconds: number;
  readonly intervals: LoopIntervals;
  readonly lookForConnectionsMs: number;
  readonly now: (databaseNow: Instant) => Instant;
  readonly clock: () => number;
}

export interface Loops {
  /** Something changed that a CRM may have to be told. */
  onOrderChanged(tenantId: string): void;
  /** Ends what brings work in: polling, inbox, outbox, recovery. */
  stopIntake(): Promise<void>;
  /** Ends the rest as well. */
  stop(): Promise<void>;
}

const idleMs = 1_000;
const recoverEveryMs = 60_000;
/** Statuses that pass within this time are never written, and those of many orders go out together. */
const gatherStatusesMs = 250;

/** Everything the worker does that Temporal does not drive. */
export async function startLoops(deps: LoopDependencies): Promise<Loops> {
  const { database, vendors, metrics, log } = deps;
  const shared = {
    onError: ({ name, error }: { readonly name: string; readonly error: unknown }) => {
      metrics.turnFailures.inc({ loop: name });
      log.error({ loop: name, error }, "a turn failed; trying again");
    },
    onTurn: ({ name, seconds }: { readonly name: string; readonly seconds: number }) =>
      metrics.turnSeconds.observe({ loop: name }, seconds),
  };
  const perConnection = {
    ...shared,
    tenants: () => database.directory.tenants(),
    vendors,
    lookForConnectionsMs: deps.lookForConnectionsMs,
  };

  const telling = startConnectionLoops({
    ...perConnection,
    name: "write-back",
    kinds: ["crm"],
    idleMs,
    gatherMs: gatherStatusesMs,
    turn: (turn) => tell(deps, turn),
  });
  const relay = startServiceLoop({
    ...shared,
    name: "outbox-relay",
    turn: createOutboxRelay(deps),
    idleMs,
  });
  const inbox = startConnectionLoops({
    ...perConnection,
    name: "inbox",
    kinds: ["crm", "billing"],
    idleMs,
    turn: createInboxDispatcher({
      ...deps,
      takeDeals: createTakeDeals({ ...deps, onTaken: relay.wake }),
      takeBillingChanges: createTakeBillingChanges({ ...deps, onTaken: relay.wake }),
    }),
  });
  const polling = startConnectionLoops({
    ...perConnection,
    name: "crm-poller",
    kinds: ["crm"],
    idleMs: deps.intervals.pollMs,
    turn: createCrmPoller(deps),
  });
  const announcements = startConnectionLoops({
    ...perConnection,
    name: "announcement-poller",
    kinds: ["billing"],
    idleMs: deps.intervals.announcementsMs,
    turn: createAnnouncementPoller(deps),
  });
  const features = startConnectionLoops({
    ...perConnection,
    name: "feature-keeper",
    kinds: ["billing"],
    idleMs: deps.intervals.featuresMs,
    turn: createFeatureKeeper(deps),
  });
  const recovery = startServiceLoop({
    ...shared,
    name: "recovery",
    turn: createRecovery({ ...deps, now: deps.clock }),
    idleMs: recoverEveryMs,
  });
  const listener = await database.listen({
    channels: ["usher_outbox", "usher_inbox", "usher_connections"],
    onNotification: ({ channel, payload }) => {
      if (channel === "usher_connections") {
        vendors.forget(payload);
        return;
      }
      if (channel === "usher_outbox") relay.wake();
      else inbox.wake(payload);
      telling.wake(payload);
    },
    // What was announced while nobody listened is in the tables.
    onListening: () => {
      relay.wake();
      inbox.wake();
    },
    onError: (error) => log.warn({ error }, "the listener lost its connection"),
  });

  return {
    onOrderChanged: telling.wake,
    stopIntake: async () => {
      await listener.close();
      await Promise.all([
        polling.stop(),
        announcements.stop(),
        features.stop(),
        inbox.stop(),
        relay.stop(),
        recovery.stop(),
      ]);
    },
    stop: () => telling.stop(),
  };
}

async function tell(
  deps: LoopDependencies,
  { tenantId, vendor, signal }: ConnectionTurn,
): Promise<TurnOutcome> {
  const now = () => deps.now(deps.clock() as Instant);
  const result = await tellDeals({ ...deps, now }, { tenantId, vendor, signal });
  // Another worker is at it.
  if (result === null) return "idle";
  for (const outcome of ["told", "unchanged", "refused"] as const) {
    deps.metrics.writeBacks.inc({ vendor: vendor.vendor, outcome }, result[outcome]);
  }
  if (result.passing !== null) return { pauseMs: pauseAfterMs(result.passing) ?? idleMs };
  return result.hasMore ? "more" : "idle";
}
