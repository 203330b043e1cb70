export * from "./guarded-erp.ts";
export * from "./one-at-a-time.ts";
export * from "./order-lanes.ts";
export * from "./write-statuses.ts";
