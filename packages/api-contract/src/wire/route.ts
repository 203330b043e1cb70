import type { ErrorCode } from "@usher/entitlement-core/errors";
import type { z } from "zod";
import type { Scope } from "./scopes.ts";

export type HttpMethod = "get" | "post";

/** What a route reads from the request's body. `bytes` are handed over exactly as they came. */
export type RouteBody =
  | {
      readonly kind: "json";
      readonly schema: z.ZodType;
      readonly bytesMax: number;
      readonly description?: string;
    }
  | {
      readonly kind: "bytes";
      readonly bytesMax: number;
      readonly mediaTypes: readonly string[];
      readonly schema?: z.ZodType;
      readonly description: string;
    };

/** What a route answers when nothing is wrong. */
export interface RouteSuccess {
  readonly status: 200 | 201 | 202;
  readonly description: string;
  readonly schema: z.ZodType;
  /** Absent: `application/json`. */
  readonly mediaType?: string;
  /** The answer carries an ETag and honors If-None-Match with 304. */
  readonly etag?: boolean;
}

/**
 * One operation of the API, as data. The server mounts it, the document is generated from it, the
 * client's types follow from it: there is no second place that says what the wire looks like.
 */
export interface RouteDescription {
  readonly operationId: string;
  readonly method: HttpMethod;
  /** OpenAPI path template: `/v1/orders/{id}`. */
  readonly path: `/${string}`;
  /** The domain word; groups the operation in the document. */
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** The scope a key needs; `public` routes take no key; `signed` ones are proven by the body's signature. */
  readonly access: Scope | "public" | "signed";
  /** Whether `Idempotency-Key` must, may or cannot be sent. */
  readonly idempotency: "required" | "optional" | "none";
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: RouteBody;
  readonly success: RouteSuccess;
  /** Codes special to this operation; those every route can answer with are added by the document. */
  readonly errors: readonly ErrorCode[];
}

/** Checks a description against the shape and keeps its literal types for the client. */
export function defineRoute<const Route extends RouteDescription>(route: Route): Route {
  return route;
}

/** Bodies of ordinary JSON routes stop here; routes that take many items say their own bound. */
export const jsonBytesMax = 1_048_576;

/** Objects and arrays nested deeper than this are refused on every JSON route. */
export const jsonDepthMax = 32;
