import { holdsScope, type Scope } from "@usher/api-contract";
import type { ApiKeyId, TenantId, UserId } from "@usher/entitlement-core/kernel";

/** Who asks: an API key of one tenant. The tenant is taken from here and from nowhere else. */
export interface Caller {
  readonly tenantId: TenantId;
  readonly keyId: ApiKeyId;
  /** The user whose decisions the key makes; null for a machine's key. */
  readonly userId: UserId | null;
  readonly scopes: readonly string[];
}

export function mayDo(caller: Caller, scope: Scope): boolean {
  return holdsScope(caller.scopes, scope);
}
