/** The conformance kit as data and functions: no test runner in it. */
export * from "./call-context.ts";
export * from "./conformance-check.ts";
export * from "./conformance-checks.ts";
export * from "./conformance-harness.ts";
export * from "./conformance-report.ts";
export * from "./conformance-subject.ts";
export * from "./fault-proxy.ts";
export * from "./locate-fault.ts";
export * from "./outcome-of.ts";
export * from "./released-manifest.ts";
export * from "./render-conformance-badge.ts";
export * from "./render-conformance-table.ts";
export * from "./render-fault.ts";
export * from "./run-conformance.ts";
export * from "./start-peer.ts";
export * from "./virtual-clock.ts";
export * from "./watch-system.ts";
