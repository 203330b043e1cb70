import type { OperationId, Routes } from "@usher/api-contract";
import type { TenantTransaction } from "@usher/database";
import type { z } from "zod";
import type { Caller } from "../auth/caller.ts";
import type { RequestFacts } from "./request-facts.ts";

type OutputOf<Schema> = Schema extends z.ZodType ? z.output<Schema> : never;

type ParamsOf<Route> = Route extends { params: infer Params } ? OutputOf<Params> : undefined;
type QueryOf<Route> = Route extends { query: infer Query } ? OutputOf<Query> : undefined;
type BodyOf<Route> = Route extends { body: { kind: "json"; schema: infer Schema } }
  ? OutputOf<Schema>
  : Route extends { body: { kind: "bytes" } }
    ? Uint8Array
    : undefined;
type CallerOf<Route> = Route extends { access: "public" | "signed" } ? null : Caller;

/** A request of one operation, parsed: inside there are types and no re-checking. */
export interface RouteInput<Id extends OperationId> {
  readonly params: ParamsOf<Routes[Id]>;
  readonly query: QueryOf<Routes[Id]>;
  readonly body: BodyOf<Routes[Id]>;
  readonly caller: CallerOf<Routes[Id]>;
  readonly request: RequestFacts;
}

/** What a handler answers. `body` is serialized once; a string is sent as it is. */
export interface RouteAnswer<Body> {
  readonly body: Body;
  /** Default: the status of the description. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

type BodyAnswered<Id extends OperationId> = OutputOf<Routes[Id]["success"]["schema"]>;

/** Reads, or writes in transactions of its own. */
export interface PlainHandler<Id extends OperationId> {
  readonly id: Id;
  readonly kind: "plain";
  handle(
    input: RouteInput<Id>,
  ): Promise<RouteAnswer<BodyAnswered<Id>>> | RouteAnswer<BodyAnswered<Id>>;
}

/**
 * Works in the transaction it is given, which also holds the Idempotency-Key: effect and answer are
 * stored together or not at all. It may be run again after a deadlock, so it has no other effect;
 * what has to happen outside goes into `afterCommit`.
 */
export interface WorkHandler<Id extends OperationId> {
  readonly id: Id;
  readonly kind: "work";
  handle(
    input: RouteInput<Id> & {
      readonly tx: TenantTransaction;
      afterCommit(effect: () => Promise<void>): void;
    },
  ): Promise<RouteAnswer<BodyAnswered<Id>>>;
}

export function plainRoute<const Id extends OperationId>(
  id: Id,
  handle: PlainHandler<Id>["handle"],
): PlainHandler<Id> {
  return { id, kind: "plain", handle };
}

export function workRoute<const Id extends OperationId>(
  id: Id,
  handle: WorkHandler<Id>["handle"],
): WorkHandler<Id> {
  return { id, kind: "work", handle };
}
