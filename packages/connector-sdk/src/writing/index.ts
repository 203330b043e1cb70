export * from "./write-statuses.ts";
