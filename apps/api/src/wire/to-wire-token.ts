import type { WireToken } from "@usher/api-contract";
import type { StoredToken } from "@usher/database";
import { toWireInstant, toWireInstantOrNull } from "./to-wire-instant.ts";

export function toWireToken(token: StoredToken): WireToken {
  return {
    jti: token.jti,
    customer_id: token.customerId,
    order_id: token.orderId,
    kid: token.kid,
    token: token.compact,
    claims: { ...token.claims },
    issued_at: toWireInstant(token.issuedAt),
    expires_at: toWireInstant(token.expiresAt),
    revoked_at: toWireInstantOrNull(token.revokedAt),
    revoked_because: token.revokedBecause,
  };
}
