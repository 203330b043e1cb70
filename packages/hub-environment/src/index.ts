export * from "./hub-variables.ts";
export * from "./parse-environment.ts";
