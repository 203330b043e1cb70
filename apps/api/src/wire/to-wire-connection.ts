import type { WireConnection } from "@usher/api-contract";
import type { ConnectorErrorCategory } from "@usher/connector-sdk/spec";
import type { Connection, ConnectionStanding, SealedConnection } from "@usher/database";
import type { ApiDependencies } from "../api-dependencies.ts";
import { connectorProblem } from "../connection/connector-of.ts";
import { toWireInstant, toWireInstantOrNull } from "./to-wire-instant.ts";

/** A connection and how it fares. What is secret is no part of what this is given to show. */
export function toWireConnection({
  connection,
  standing,
  deps,
}: {
  readonly connection: Connection | SealedConnection;
  readonly standing: ConnectionStanding | undefined;
  readonly deps: Pick<ApiDependencies, "connectors" | "brokenConnectors" | "publicUrl" | "clock">;
}): WireConnection {
  const problem = connectorProblem(deps, connection.vendor);
  const { lastError, quota } = connection;
  return {
    id: connection.id,
    vendor: connection.vendor,
    name: connection.name,
    kinds: [...connection.kinds],
    config: { ...connection.config },
    status: problem === null ? statusOf(connection) : "needs_attention",
    problem,
    last_success_at: toWireInstantOrNull(connection.lastSuccessAt),
    last_error:
      lastError === null
        ? null
        : {
            category: lastError.category,
            message: lastError.message,
            at: toWireInstantOrNull(connection.lastErrorAt),
          },
    lag_seconds: lagSeconds(standing, deps.clock()),
    streams: (standing?.streams ?? []).map((stream) => ({
      name: stream.name,
      read_at: toWireInstant(stream.readAt),
      read_to_end_at: toWireInstantOrNull(stream.readToEndAt),
    })),
    quota:
      quota === null
        ? null
        : {
            used: quota.used,
            limit: quota.limit,
            left: Math.max(0, quota.limit - quota.used),
            seen_at: new Date(quota.seenAt).toISOString(),
          },
    inbox: {
      pending: standing?.pending ?? 0,
      pending_since: toWireInstantOrNull(standing?.pendingSince ?? null),
      quarantined: standing?.quarantined ?? 0,
    },
    credentials: {
      changed_at: toWireInstant(connection.credentialsChangedAt),
      is_rotating: "next" in connection && connection.next !== null,
      old_webhook_secrets_until: toWireInstantOrNull(connection.oldWebhookSecretsUntil),
    },
    inbound_url: `${deps.publicUrl}/v1/inbound/${connection.id}`,
    created_at: toWireInstant(connection.createdAt),
  };
}

/** What the vendor says of one record, such as a refused value, is that record's and not the connection's. */
function statusOf({ status, lastError }: Connection): WireConnection["status"] {
  const isFailing = lastError !== null && passing.has(lastError.category);
  return status === "working" && isFailing ? "failing" : status;
}

const passing: ReadonlySet<string> = new Set<ConnectorErrorCategory>([
  "auth_expired",
  "outcome_unknown",
  "quota_exhausted",
  "rate_limited",
  "transient",
]);

/** Of the stream that is furthest behind. */
function lagSeconds(standing: ConnectionStanding | undefined, nowMs: number): number | null {
  const ends = (standing?.streams ?? []).map((stream) => stream.readToEndAt);
  const known = ends.filter((end) => end !== null);
  if (known.length === 0 || known.length < ends.length) return null;
  return Math.max(0, Math.floor((nowMs - Math.min(...known)) / 1_000));
}
