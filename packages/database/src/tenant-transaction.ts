import { isId, type TenantId } from "@usher/entitlement-core/kernel";
import { Kysely } from "kysely";
import type { Pool, PoolClient } from "pg";
import { announce, commit, gatherAnnouncements } from "./announcements.ts";
import { clientDialect } from "./client-dialect.ts";
import type { DB } from "./generated/rows.ts";

/**
 * An open transaction in which one tenant's rows exist and no others.
 * Every repository function takes it first; what they do is done or undone together.
 */
export interface TenantTransaction {
  readonly tenantId: TenantId;
  readonly db: Kysely<DB>;
}

export interface TenantTransactionOptions {
  readonly tenantId: TenantId;
  /** The transaction may only read; the server refuses anything else. */
  readonly readOnly?: boolean;
}

const attemptsMax = 4;

/**
 * Runs `work` in one transaction of the tenant: committed when it resolves, rolled back when it
 * throws. After a deadlock or a serialization failure it is run again from the start (up to four
 * times), so `work` must have no effect outside the database.
 */
export async function runTenantTransaction<Result>(
  pool: Pool,
  options: TenantTransactionOptions,
  work: (tx: TenantTransaction) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptTransaction(pool, options, work);
    } catch (error) {
      if (attempt === attemptsMax || !isWorthRepeating(error)) throw error;
    }
  }
}

async function attemptTransaction<Result>(
  pool: Pool,
  { tenantId, readOnly = false }: TenantTransactionOptions,
  work: (tx: TenantTransaction) => Promise<Result>,
): Promise<Result> {
  // The id is written into the statement below, so its shape is the guard against injection.
  if (!isId("tenant", tenantId)) {
    throw new Error(`Expected a tenant id (ten_…), got ${JSON.stringify(tenantId)}.`);
  }
  const client = await pool.connect();
  let broken: Error | undefined;
  let announcing: Promise<void> | undefined;
  try {
    const session = sessionOf(client);
    // One round trip instead of two or three: several statements in one simple query.
    await client.query(
      `${forgetOldPlans(session)}begin${readOnly ? " read only" : ""}; select set_config('usher.tenant_id', '${tenantId}', true)${readOnly ? "" : `, ${gatherAnnouncements}`}`,
    );
    try {
      const result = await work({ tenantId, db: session.db });
      const announcements = await commit(client, { readOnly });
      if (announcements.length > 0) announcing = announce(client, announcements);
      return result;
    } catch (error) {
      await client.query("rollback").catch((reason: unknown) => {
        broken = reason as Error;
      });
      throw error;
    }
  } finally {
    // Nobody waits for the announcement but the connection that makes it.
    if (announcing === undefined) client.release(broken);
    else
      announcing.then(
        () => client.release(),
        (error: unknown) => client.release(error as Error),
      );
  }
}

/** What belongs to one connection for as long as it lives. */
interface Session {
  /** Made once: building it costs as much as a small statement. */
  readonly db: Kysely<DB>;
  plannedAtMs: number;
  planAgeMsMax: number;
}

const sessions = new WeakMap<PoolClient, Session>();

function sessionOf(client: PoolClient): Session {
  const known = sessions.get(client);
  if (known) return known;
  const made: Session = {
    db: new Kysely<DB>({ dialect: clientDialect(client) }),
    plannedAtMs: performance.now(),
    planAgeMsMax: 500,
  };
  sessions.set(client, made);
  return made;
}

const planAgeMsLimit = 60_000;

/**
 * A prepared statement keeps the plan it got. One made while a table was empty may walk through
 * all rows of the tenant, and goes on doing so while an import fills the table, until the server's
 * next ANALYZE (a minute). So plans are made anew after 0.5 s, 1 s, 2 s … and then once a minute.
 */
function forgetOldPlans(session: Session): string {
  const nowMs = performance.now();
  if (nowMs - session.plannedAtMs < session.planAgeMsMax) return "";
  session.plannedAtMs = nowMs;
  session.planAgeMsMax = Math.min(session.planAgeMsMax * 2, planAgeMsLimit);
  return "discard plans; ";
}

/** 40001 serialization_failure, 40P01 deadlock_detected: nothing happened, and a second try may pass. */
function isWorthRepeating(error: unknown): boolean {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return code === "40001" || code === "40P01";
}
