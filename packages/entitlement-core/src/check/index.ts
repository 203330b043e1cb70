export * from "./check-answer.ts";
export { type CheckInput, checkEntitlement } from "./check-entitlement.ts";
