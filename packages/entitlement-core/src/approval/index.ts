export type * from "./approval-path.ts";
export type * from "./approval-policy.ts";
