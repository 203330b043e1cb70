export type * from "./deal.ts";
export type * from "./deal-fault.ts";
export * from "./deal-gone-problem.ts";
export * from "./hash-deal.ts";
export * from "./keep-what-was-sold.ts";
export * from "./parse-deal.ts";
export * from "./parse-quantity.ts";
export * from "./record-words.ts";
