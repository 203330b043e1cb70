import type { Database, Listener } from "@usher/database";
import type { TenantId } from "@usher/entitlement-core/kernel";
import type { Logger } from "../observability/create-logger.ts";
import type { WebhookConnections } from "./webhook-connections.ts";

/** Forgets a tenant's webhook secrets the moment the database announces other ones, and all after a gap in listening. */
export function listenForConnections({
  database,
  webhooks,
  log,
}: {
  readonly database: Database;
  readonly webhooks: WebhookConnections;
  readonly log: Logger;
}): Promise<Listener> {
  const forget = (work: Promise<void>) => {
    work.catch((error: unknown) => log.warn({ err: error }, "a connection could not be closed"));
  };
  return database.listen({
    channels: ["usher_connections"],
    onNotification: ({ payload }) => forget(webhooks.forgetTenant(payload as TenantId)),
    onListening: () => forget(webhooks.close()),
    onError: (error) =>
      log.warn(
        { err: error },
        "the listener for connections broke; changed webhook secrets are followed within seconds",
      ),
  });
}
