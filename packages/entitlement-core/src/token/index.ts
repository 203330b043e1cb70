export * from "./token-claims.ts";
