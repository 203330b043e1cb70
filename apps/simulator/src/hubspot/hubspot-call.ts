import type { HttpAnswer } from "../http-answer.ts";
import type { ChangeFeed } from "./change-feed.ts";
import { validationError } from "./hubspot-error.ts";
import { type ObjectType, parseObjectType } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import type { Author, Writing } from "./write-object.ts";

/** One request of the API, its body read. */
export interface HubSpotCall {
  readonly portal: Portal;
  readonly feed: ChangeFeed;
  readonly operation: string;
  /** A parameter of the path, decoded. */
  readonly param: (name: string) => string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** As the caller spelled it, for URLs in answers. */
  readonly origin: string;
}

export interface HubSpotOperation {
  readonly method: "get" | "post" | "patch" | "put" | "delete";
  readonly path: string;
  readonly name: string;
  /** Scope the token must have; `*` in it stands for the object of the path. */
  readonly scope: string | null;
  readonly run: (call: HubSpotCall) => HttpAnswer;
}

export function answer(status: number, body: unknown): HttpAnswer {
  return { status, headers: {}, body };
}

export function typeOf(call: HubSpotCall, name = "type"): ObjectType {
  const type = parseObjectType(call.param(name));
  if (type === undefined)
    throw validationError(`Unable to infer object type from: ${call.param(name)}`);
  return type;
}

export function writingOf(call: HubSpotCall): Writing {
  const author: Author = {
    isApi: true,
    userId: null,
    stampMs: call.portal.now(),
    operation: call.operation,
    isSilent: false,
  };
  return { portal: call.portal, feed: call.feed, author };
}

/** The body as an object; anything else is refused as unreadable. */
export function bodyOf(call: HubSpotCall): Record<string, unknown> {
  if (typeof call.body !== "object" || call.body === null || Array.isArray(call.body))
    throw validationError("Invalid input JSON on line 1, column 1: expected an object.");
  return call.body as Record<string, unknown>;
}

/** `inputs` of a batch: objects, at most `max`. */
export function inputsOf(call: HubSpotCall, max: number): readonly Record<string, unknown>[] {
  const { inputs } = bodyOf(call);
  if (!Array.isArray(inputs)) throw validationError("Some required fields were not set: [inputs]");
  if (inputs.length > max) {
    throw validationError(
      `The maximum number of inputs supported in a batch request for this endpoint is ${max}. Received ${inputs.length}.`,
    );
  }
  return inputs.map((input: unknown) => {
    if (typeof input !== "object" || input === null)
      throw validationError("Invalid input JSON: an input is not an object.");
    return input as Record<string, unknown>;
  });
}

export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** A list in the query, with commas or as a repeated parameter, which is how the SDK writes it. */
export function listOf(call: HubSpotCall, name: string): readonly string[] {
  return call.query.getAll(name).flatMap((text) => text.split(",").filter(Boolean));
}

export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** A record as its caller names it: by id, or by a unique property. */
export function idBy(
  call: HubSpotCall,
  input: { readonly type: ObjectType; readonly id: string; readonly idProperty: string | null },
): string | undefined {
  const { type, id, idProperty } = input;
  if (idProperty === null || idProperty === "hs_object_id") {
    return call.portal.table(type).get(id)?.archivedMs === null ? id : undefined;
  }
  if (call.portal.properties(type).get(idProperty)?.hasUniqueValue !== true)
    throw validationError(`Property "${idProperty}" is not a unique identifier of ${type}.`);
  return call.portal.find({ type, property: idProperty, value: id })?.id;
}
