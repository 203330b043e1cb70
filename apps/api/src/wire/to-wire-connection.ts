import type { WireConnection } from "@usher/api-contract";
import type { Connection } from "@usher/database";
import { toWireInstant, toWireInstantOrNull } from "./to-wire-instant.ts";

export function toWireConnection(connection: Connection, publicUrl: string): WireConnection {
  return {
    id: connection.id,
    vendor: connection.vendor,
    name: connection.name,
    kinds: [...connection.kinds],
    config: { ...connection.config },
    status: connection.status,
    last_success_at: toWireInstantOrNull(connection.lastSuccessAt),
    last_error: connection.lastError,
    inbound_url: `${publicUrl}/v1/inbound/${connection.id}`,
    created_at: toWireInstant(connection.createdAt),
  };
}
