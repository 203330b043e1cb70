export * from "./plan-write-back.ts";
