export { type CarryingPeriod, carriedInto, hasRollover, periodsBefore } from "./carried-into.ts";
export { effectiveEntitlement } from "./effective-entitlement.ts";
export type * from "./effective-entitlement-shape.ts";
export type * from "./entitlement.ts";
export * from "./entitlements-from-order.ts";
export * from "./losing-customers.ts";
export * from "./supersede.ts";
