export type * from "./billing-connector.ts";
export type * from "./call-context.ts";
export * from "./connector-error.ts";
export type * from "./connector-manifest.ts";
export type * from "./crm-connector.ts";
export type * from "./erp-connector.ts";
export type * from "./token-store.ts";
export type * from "./webhook.ts";
export type * from "./webhook-subscriptions.ts";
