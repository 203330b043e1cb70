export * from "./country-code.ts";
export * from "./decimal.ts";
export * from "./recent-changes.ts";
