import type { Pool } from "pg";

/** What someone else, in whatever process, is doing already. */
export const busy = Symbol("busy");

/**
 * Runs `work` while no other process runs work of the same name, or answers `busy` at once.
 * Held by a session-level advisory lock, so it ends with the process, however that dies. Should
 * the session be lost while the work goes on, `signal` is aborted: another may have begun.
 */
export async function runExclusively<Result>(
  pool: Pool,
  name: string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | typeof busy> {
  const client = await pool.connect();
  const lost = new AbortController();
  const onError = (error: Error) => lost.abort(error);
  client.on("error", onError);
  let mayHold = true;
  try {
    const { rows } = await client.query<{ is_mine: boolean }>(
      "select pg_try_advisory_lock(hashtextextended($1, 0)) as is_mine",
      [name],
    );
    mayHold = rows[0]?.is_mine === true;
    if (!mayHold) return busy;
    try {
      return await work(lost.signal);
    } finally {
      if (!lost.signal.aborted) {
        await client.query("select pg_advisory_unlock(hashtextextended($1, 0))", [name]);
        mayHold = false;
      }
    }
  } finally {
    client.off("error", onError);
    // A session that is lost, or may still hold the lock, is not given back to the pool.
    client.release(mayHold || lost.signal.aborted);
  }
}
