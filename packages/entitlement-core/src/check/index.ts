export * from "./check-answer.ts";
export { type CheckInput, checkEntitlement } from "./check-entitlement.ts";
export type * from "./check-question.ts";
export * from "./create-check-table.ts";
