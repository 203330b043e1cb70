import type { Database, Listener } from "@usher/database";
import type { Logger } from "../observability/create-logger.ts";
import type { ApiKeyCache } from "./api-key-cache.ts";

/** Forgets a changed key the moment the database announces it, and all of them after a gap in listening. */
export function listenForKeys({
  database,
  keys,
  log,
}: {
  readonly database: Database;
  readonly keys: ApiKeyCache;
  readonly log: Logger;
}): Promise<Listener> {
  return database.listen({
    channels: ["usher_keys"],
    onNotification: ({ payload }) => keys.forget(payload),
    onListening: () => keys.forgetAll(),
    onError: (error) =>
      log.warn(
        { err: error },
        "the listener for API keys broke; no key is trusted beyond a second",
      ),
  });
}
