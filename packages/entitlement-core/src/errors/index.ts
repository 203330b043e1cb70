export * from "./describe-error.ts";
export * from "./error-catalog.ts";
export type * from "./error-code.ts";
