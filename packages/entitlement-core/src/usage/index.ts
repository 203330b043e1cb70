export * from "./rollover.ts";
export * from "./usage-period.ts";
export * from "./usage-record.ts";
