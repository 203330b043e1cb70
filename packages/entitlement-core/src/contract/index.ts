export * from "./contract-terms-from-order.ts";
