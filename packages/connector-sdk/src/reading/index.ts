export * from "./country-code.ts";
export * from "./recent-changes.ts";
