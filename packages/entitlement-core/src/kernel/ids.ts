import type { Brand } from "./brand.ts";

/**
 * Ids are TypeIDs (https://github.com/jetify-com/typeid): a three- to four-letter prefix, an
 * underscore and a UUIDv7 in base 32, so they sort by creation and name what they are.
 * This package never makes one (that takes a clock and randomness); it only names the prefixes
 * and recognizes the shape, without the typeid-js package: that loads `uuid`, which reaches for
 * node:crypto, and the workflow bundle refuses Node built-ins.
 */
export const idPrefixes = {
  tenant: "ten",
  user: "usr",
  apiKey: "key",
  connection: "con",
  customer: "cus",
  inboxMessage: "inb",
  order: "ord",
  approvalTask: "apt",
  approvalDecision: "apd",
  entitlement: "ent",
  offeringVersion: "ofv",
  token: "lic",
  statusList: "stl",
  checkoutSession: "chk",
} as const;

export type IdKind = keyof typeof idPrefixes;

export type TenantId = Brand<string, "TenantId">;
export type UserId = Brand<string, "UserId">;
export type ApiKeyId = Brand<string, "ApiKeyId">;
export type ConnectionId = Brand<string, "ConnectionId">;
export type CustomerId = Brand<string, "CustomerId">;
export type InboxMessageId = Brand<string, "InboxMessageId">;
export type OrderId = Brand<string, "OrderId">;
export type ApprovalTaskId = Brand<string, "ApprovalTaskId">;
export type ApprovalDecisionId = Brand<string, "ApprovalDecisionId">;
export type EntitlementId = Brand<string, "EntitlementId">;
export type OfferingVersionId = Brand<string, "OfferingVersionId">;
export type TokenId = Brand<string, "TokenId">;
export type StatusListId = Brand<string, "StatusListId">;
export type CheckoutSessionId = Brand<string, "CheckoutSessionId">;

export interface IdTypes {
  readonly tenant: TenantId;
  readonly user: UserId;
  readonly apiKey: ApiKeyId;
  readonly connection: ConnectionId;
  readonly customer: CustomerId;
  readonly inboxMessage: InboxMessageId;
  readonly order: OrderId;
  readonly approvalTask: ApprovalTaskId;
  readonly approvalDecision: ApprovalDecisionId;
  readonly entitlement: EntitlementId;
  readonly offeringVersion: OfferingVersionId;
  readonly token: TokenId;
  readonly statusList: StatusListId;
  readonly checkoutSession: CheckoutSessionId;
}

const suffix = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** True when `text` is a well-formed id of `kind`. It says nothing about whether such a thing exists. */
export function isId<Kind extends IdKind>(
  kind: Kind,
  text: string,
): text is IdTypes[Kind] & string {
  const prefix = idPrefixes[kind];
  return text.startsWith(`${prefix}_`) && suffix.test(text.slice(prefix.length + 1));
}

/** `text` as an id of `kind`, or null when it is not well-formed. */
export function parseId<Kind extends IdKind>(kind: Kind, text: string): IdTypes[Kind] | null {
  return isId(kind, text) ? text : null;
}
