import type { Migration, MigrationProvider } from "kysely/migration";
import * as tenantsAndUsers from "./2026-11-24-01-tenants-and-users.ts";
import * as connectionsAndInbox from "./2026-11-24-02-connections-and-inbox.ts";
import * as catalog from "./2026-11-24-03-catalog.ts";
import * as orders from "./2026-11-24-04-orders.ts";
import * as approvals from "./2026-11-24-05-approvals.ts";
import * as entitlements from "./2026-11-24-06-entitlements.ts";
import * as tokens from "./2026-11-24-07-tokens.ts";
import * as usage from "./2026-11-24-08-usage.ts";
import * as machineRoom from "./2026-11-24-09-machine-room.ts";
import * as directory from "./2026-11-24-10-directory.ts";
import * as writeBackWishes from "./2026-11-24-11-write-back-wishes.ts";
import * as announceAfterCommit from "./2026-11-24-12-announce-after-commit.ts";
import * as connectionsAtWork from "./2026-11-24-13-connections-at-work.ts";
import * as checkoutSessions from "./2026-11-24-15-checkout-sessions.ts";
import * as checkoutCustomers from "./2026-11-24-16-checkout-customers.ts";

/** Every migration in order. A released one is never edited: the next change is a new file. */
const migrations: Readonly<Record<string, Migration>> = {
  "2026-11-24-01-tenants-and-users": tenantsAndUsers,
  "2026-11-24-02-connections-and-inbox": connectionsAndInbox,
  "2026-11-24-03-catalog": catalog,
  "2026-11-24-04-orders": orders,
  "2026-11-24-05-approvals": approvals,
  "2026-11-24-06-entitlements": entitlements,
  "2026-11-24-07-tokens": tokens,
  "2026-11-24-08-usage": usage,
  "2026-11-24-09-machine-room": machineRoom,
  "2026-11-24-10-directory": directory,
  "2026-11-24-11-write-back-wishes": writeBackWishes,
  "2026-11-24-12-announce-after-commit": announceAfterCommit,
  "2026-11-24-13-connections-at-work": connectionsAtWork,
  "2026-11-24-15-checkout-sessions": checkoutSessions,
  "2026-11-24-16-checkout-customers": checkoutCustomers,
};

export const migrationProvider: MigrationProvider = {
  getMigrations: () => Promise.resolve({ ...migrations }),
};
