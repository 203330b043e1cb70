export * from "./call-context.ts";
export * from "./conformance-harness.ts";
export * from "./describe-connector-conformance.ts";
export * from "./fault-proxy.ts";
export * from "./outcome-of.ts";
export * from "./virtual-clock.ts";
