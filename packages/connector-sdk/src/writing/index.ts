export * from "./guarded-erp.ts";
export * from "./one-at-a-time.ts";
export * from "./order-lanes.ts";
export type * from "./status-names.ts";
export * from "./write-one-status.ts";
export * from "./write-statuses.ts";
