export * from "./conformance.ts";
export * from "./describe-connector-conformance.ts";
