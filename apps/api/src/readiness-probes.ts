import { compareMigrations, knownMigrations } from "@usher/database";
import type { Instant } from "@usher/entitlement-core/kernel";
import type { ApiDependencies } from "./api-dependencies.ts";
import type { RightsFeed } from "./check/rights-feed.ts";
import type { ReadinessProbe } from "./routes/system/get-readiness/route.ts";

/** Rights that are older make a hub that should be looked at, though it still answers. */
const laggingMs = 30_000;

/** Everything the API stands on, and what to do when it is not there. */
export function createReadinessProbes({
  database,
  temporal,
  clock,
  feed,
  connectors,
  brokenConnectors = [],
}: Pick<ApiDependencies, "database" | "temporal" | "clock" | "connectors" | "brokenConnectors"> & {
  readonly feed: RightsFeed;
}): readonly ReadinessProbe[] {
  return [
    {
      name: "database",
      required: true,
      look: async () => {
        await database.ping();
        return "answers";
      },
    },
    {
      name: "migrations",
      required: true,
      look: async () => {
        const applied = await database.directory.appliedMigrations();
        const { pending, unknown } = compareMigrations({ known: await knownMigrations(), applied });
        if (pending.length > 0) {
          throw new Error(
            `${pending.length} not applied (${pending[0]} …): run the migrations with the owner's DATABASE_URL.`,
          );
        }
        if (unknown.length > 0) {
          throw new Error(
            `${unknown.length} of a newer Usher (${unknown[0]} …): start that version instead.`,
          );
        }
        return `all ${applied.length} applied`;
      },
    },
    {
      name: "temporal",
      // Orders are taken without it; the outbox starts them once it is back.
      required: false,
      look: async () => {
        await temporal.check();
        return "answers";
      },
    },
    {
      name: "signing_key",
      required: true,
      look: async () => {
        const keys = await database.directory.signingKeys({ now: clock() as Instant });
        const current = keys.filter((key) => key.status === "current").length;
        return current === 0
          ? "none yet: a tenant's first token makes its keys"
          : `${current} ${current === 1 ? "tenant has" : "tenants have"} a current key`;
      },
    },
    {
      name: "check_table",
      required: true,
      look: async () => {
        if (!feed.isLoaded) throw new Error("still loading: checks are refused until it is done");
        const { lagMs } = feed.freshness(clock());
        if (lagMs > laggingMs)
          throw new Error(`${Math.round(lagMs / 1_000)} s behind the database: answers say so`);
        return `${feed.entitlements} entitlements, at most ${lagMs} ms behind`;
      },
    },
    {
      name: "connectors",
      // One that is broken stops its own connections and no other.
      required: false,
      look: async () => {
        if (brokenConnectors.length > 0) {
          throw new Error(brokenConnectors.map((one) => one.problem).join(" "));
        }
        return [...connectors.keys()].toSorted().join(", ") || "none";
      },
    },
  ];
}
