export type * from "./deal.ts";
export type * from "./deal-fault.ts";
