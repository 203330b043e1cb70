export * from "./approval/index.ts";
export * from "./catalog/index.ts";
export * from "./deal/index.ts";
export * from "./errors/index.ts";
export * from "./kernel/index.ts";
export * from "./order/index.ts";
