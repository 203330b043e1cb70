export * from "./one-at-a-time.ts";
export * from "./write-statuses.ts";
