import type { Pool } from "pg";

/**
 * A connection's error that nobody hears ends the process, and while one is lent out the pool does
 * not hear it: a server may go away between two statements, or as it lets us in. So each is heard
 * from its first instant on; whoever has it is told by the statement under way, or the next one.
 */
export function outliveBrokenConnections({
  pool,
  onIdleError = () => undefined,
}: {
  readonly pool: Pool;
  readonly onIdleError?: ((error: Error) => void) | undefined;
}): void {
  pool.on("error", onIdleError);
  pool.on("connect", (client) => client.on("error", () => undefined));
}
