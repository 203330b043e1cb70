/**
 * What an API key may be allowed to do. A key carries any number of these; `*` carries all of them,
 * present and future, and is meant for the operator's own key.
 */
export const scopes = [
  "orders:read",
  "orders:write",
  "checkout_sessions:read",
  "checkout_sessions:write",
  "approvals:read",
  "approvals:decide",
  "entitlements:read",
  "check",
  "usage:write",
  "tokens:read",
  "tokens:write",
  "catalog:read",
  "catalog:write",
  "inbox:read",
  "inbox:replay",
  "api_keys:manage",
  "users:manage",
  "connections:read",
  "connections:write",
] as const;

export type Scope = (typeof scopes)[number];

export const allScopes = "*";

/** True when a key holding `held` may do what `needed` names. An empty set never allows anything. */
export function holdsScope(held: readonly string[], needed: Scope): boolean {
  return held.includes(needed) || held.includes(allScopes);
}
