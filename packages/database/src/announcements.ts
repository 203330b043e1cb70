import type { PoolClient, QueryResult } from "pg";

/** Statement that makes the open transaction gather what it would announce. */
export const gatherAnnouncements = "set_config('usher.announcements', '#', true)";

interface Announcement {
  readonly channel: string;
  readonly payload: string;
}

/**
 * Commits, and answers with what is now to be announced, each once: one round trip. Rejects when
 * the transaction was aborted and could only be rolled back.
 */
export async function commit(
  client: PoolClient,
  { readOnly }: { readonly readOnly: boolean },
): Promise<readonly Announcement[]> {
  if (readOnly) {
    // COMMIT of an aborted transaction rolls back and tells it by its tag alone.
    const { command } = await client.query("commit");
    if (command === "ROLLBACK") throw rolledBack();
    return [];
  }
  try {
    // Two statements in one simple query answer with two results.
    const results = (await client.query(
      "select current_setting('usher.announcements') as gathered; commit",
    )) as unknown as readonly QueryResult<{ readonly gathered: string }>[];
    return parseGathered(results[0]?.rows[0]?.gathered ?? "");
  } catch (error) {
    // in_failed_sql_transaction: an aborted transaction takes nothing but a rollback.
    if ((error as { readonly code?: unknown } | null)?.code === "25P02") throw rolledBack();
    throw error;
  }
}

function rolledBack(): Error {
  return new Error(
    "The transaction was rolled back at commit: a statement in it had failed and the failure was swallowed.",
  );
}

function parseGathered(gathered: string): readonly Announcement[] {
  const lines = new Set(gathered.split("\n").slice(1));
  return [...lines].map((line) => {
    const space = line.indexOf(" ");
    return { channel: line.slice(0, space), payload: line.slice(space + 1) };
  });
}

/**
 * A NOTIFY of its own, which writes nothing and so waits for no disk. Should it fail, or this
 * process die before it, the announcement is lost: whoever listens also looks by itself.
 */
export async function announce(
  client: PoolClient,
  announcements: readonly Announcement[],
): Promise<void> {
  await client.query({
    name: "announce",
    text: "select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as a (channel, payload)",
    values: [announcements.map((one) => one.channel), announcements.map((one) => one.payload)],
  });
}
