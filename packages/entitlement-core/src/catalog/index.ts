export type * from "./catalog.ts";
export type * from "./feature.ts";
export type * from "./offering.ts";
