export * from "./bundle-workflows.ts";
export * from "./connect-temporal.ts";
export * from "./create-temporal-client.ts";
export * from "./data-converter.ts";
export * from "./fulfillment-client.ts";
export * from "./payload-codec.ts";
export * from "./payload-keys.ts";
