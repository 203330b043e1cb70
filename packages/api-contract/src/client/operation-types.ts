import type { z } from "zod";
import type { OperationId, Routes } from "../routes.ts";

type InputOf<Schema> = Schema extends z.ZodType ? z.input<Schema> : never;
type OutputOf<Schema> = Schema extends z.ZodType ? z.output<Schema> : never;

type PathPart<Route> = Route extends { params: infer Params }
  ? { readonly path: Readonly<Record<keyof InputOf<Params> & string, string>> }
  : { readonly path?: never };

type QueryPart<Route> = Route extends { query: infer Query }
  ? { readonly query?: Readonly<Partial<Record<keyof InputOf<Query> & string, string | number>>> }
  : { readonly query?: never };

type BodyPart<Route> = Route extends { body: { schema: infer Schema } }
  ? { readonly body: InputOf<Schema> }
  : Route extends { body: { kind: "bytes" } }
    ? { readonly body: Uint8Array | string }
    : { readonly body?: never };

type IdempotencyPart<Route> = Route extends { idempotency: "required" }
  ? { readonly idempotencyKey: string }
  : Route extends { idempotency: "optional" }
    ? { readonly idempotencyKey?: string }
    : { readonly idempotencyKey?: never };

/**
 * What a call of one operation is given. Inferred from the same description the server mounts and
 * the document is generated from, so that it cannot lag behind them.
 */
export type CallInput<Id extends OperationId> = PathPart<Routes[Id]> &
  QueryPart<Routes[Id]> &
  BodyPart<Routes[Id]> &
  IdempotencyPart<Routes[Id]> & {
    readonly ifMatch?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  };

/** What the operation answers when nothing is wrong. */
export type CallOutput<Id extends OperationId> = OutputOf<Routes[Id]["success"]["schema"]>;
