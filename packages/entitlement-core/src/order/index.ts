export type * from "./order-command.ts";
export type * from "./order-content.ts";
export type * from "./order-event.ts";
export type * from "./order-state.ts";
export type * from "./problem.ts";
export * from "./status-ladder.ts";
