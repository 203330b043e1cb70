import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

/** Everything the database announces, and what the payload is. */
export type Channel =
  /** hex SHA-256 of an API key that was revoked or changed */
  | "usher_keys"
  /** `tenant_id:customer_id` whose rights changed */
  | "usher_rights"
  /** tenant id with new outbox messages */
  | "usher_outbox"
  /** tenant id with new inbox messages */
  | "usher_inbox"
  /** tenant id whose connections were added, or have other credentials or settings */
  | "usher_connections"
  /** `tenant_id:status_list_id` with newly revoked tokens */
  | "usher_status_lists";

export interface ListenInput {
  readonly channels: readonly Channel[];
  readonly onNotification: (notification: {
    readonly channel: Channel;
    readonly payload: string;
  }) => void;
  /**
   * The connection is (again) listening. What was announced in between is lost, so this is the
   * moment to read the truth.
   */
  readonly onListening?: () => void;
  readonly onError?: (error: Error) => void;
}

export interface Listener {
  close(): Promise<void>;
}

/** Listens until closed; a broken connection is replaced after 50 ms, then up to 2 s. */
export async function listen(input: ListenInput & { readonly url: string }): Promise<Listener> {
  let closed = false;
  let client: pg.Client | undefined;
  const stopping = new AbortController();

  async function connect(): Promise<void> {
    const fresh = new pg.Client({
      connectionString: input.url,
      application_name: "usher-listener",
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    });
    fresh.on("notification", ({ channel, payload }) => {
      input.onNotification({ channel: channel as Channel, payload: payload ?? "" });
    });
    fresh.on("error", (error) => input.onError?.(error));
    try {
      await fresh.connect();
      await fresh.query(input.channels.map((channel) => `listen ${channel}`).join("; "));
    } catch (error) {
      await fresh.end().catch(() => undefined);
      throw error;
    }
    if (closed) {
      await fresh.end();
      return;
    }
    client = fresh;
    fresh.on("end", () => {
      client = undefined;
      if (!closed) void reconnect();
    });
    input.onListening?.();
  }

  async function reconnect(): Promise<void> {
    for (let waitMs = 50; !closed; waitMs = Math.min(waitMs * 2, 2_000)) {
      try {
        await delay(waitMs, undefined, { signal: stopping.signal });
        await connect();
        return;
      } catch (error) {
        if (!closed) input.onError?.(error as Error);
      }
    }
  }

  await connect();
  return {
    close: async () => {
      closed = true;
      stopping.abort();
      await client?.end();
    },
  };
}
