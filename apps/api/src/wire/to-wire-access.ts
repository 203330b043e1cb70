import type { WireApiKey, WireUser } from "@usher/api-contract";
import type { ApiKey, User } from "@usher/database";
import { toWireInstant, toWireInstantOrNull } from "./to-wire-instant.ts";

export function toWireApiKey(key: ApiKey): WireApiKey {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: [...key.scopes],
    user_id: key.userId,
    created_at: toWireInstant(key.createdAt),
    expires_at: toWireInstantOrNull(key.expiresAt),
    revoked_at: toWireInstantOrNull(key.revokedAt),
    last_used_at: toWireInstantOrNull(key.lastUsedAt),
  };
}

export function toWireUser(user: User): WireUser {
  return { id: user.id, email: user.email, name: user.name, groups: [...user.groups] };
}
