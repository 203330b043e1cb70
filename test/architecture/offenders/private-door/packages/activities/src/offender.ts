export * from "@usher/entitlement-core/src/order/order-state.ts";
