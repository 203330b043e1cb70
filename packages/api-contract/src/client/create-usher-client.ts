import type { OperationId } from "../routes.ts";
import { routes } from "../routes.ts";
import { currentApiVersion } from "../wire/api-version.ts";
import type { Problem } from "../wire/problem-schema.ts";
import type { RouteDescription } from "../wire/route.ts";
import type { CallInput, CallOutput } from "./operation-types.ts";

export interface UsherClientOptions {
  /** Where the hub is: `http://127.0.0.1:8787`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** For tests and for programs with a transport of their own. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** The hub's answer. A refusal is a value with its problem, not an exception. */
export type Answer<Data> =
  | { readonly ok: true; readonly status: number; readonly data: Data; readonly headers: Headers }
  | {
      readonly ok: false;
      readonly status: number;
      readonly problem: Problem;
      readonly headers: Headers;
    };

export interface UsherClient {
  /**
   * Calls an operation by its id: `call("getOrder", {path: {id}})`. Throws only when no answer
   * came, or one that is not the hub's (a proxy's HTML page, say).
   */
  call<Id extends OperationId>(
    id: Id,
    ...input: CallArguments<Id>
  ): Promise<Answer<CallOutput<Id>>>;
  /** All pages of a list, one item at a time. Throws `UsherProblem` when a page is refused. */
  each<Id extends ListOperationId>(
    id: Id,
    ...input: CallArguments<Id>
  ): AsyncGenerator<ItemOf<Id>, void, undefined>;
}

// An operation that needs nothing may be called without a second argument.
type CallArguments<Id extends OperationId> =
  Record<string, never> extends CallInput<Id> ? [input?: CallInput<Id>] : [input: CallInput<Id>];

type ListOperationId = {
  [Id in OperationId]: CallOutput<Id> extends {
    data: readonly unknown[];
    next_cursor: string | null;
  }
    ? Id
    : never;
}[OperationId];

type ItemOf<Id extends OperationId> =
  CallOutput<Id> extends { data: readonly (infer Item)[] } ? Item : never;

/** A refusal met where only an exception can tell it. */
export class UsherProblem extends Error {
  override readonly name = "UsherProblem";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.title}: ${problem.detail}`);
    this.problem = problem;
  }
}

// Widened once here: the union of all routes is too large to be worked with one by one.
const descriptions: Readonly<Record<OperationId, RouteDescription>> = routes;

export function createUsherClient({
  baseUrl,
  apiKey,
  fetch = globalThis.fetch,
}: UsherClientOptions): UsherClient {
  const call = async (id: OperationId, input: LooseInput = {}): Promise<Answer<unknown>> => {
    const request = toRequest({ route: descriptions[id], input, baseUrl, apiKey });
    return fromResponse(await fetch(request), request);
  };
  async function* each(id: OperationId, input: LooseInput = {}) {
    let cursor: string | null = null;
    do {
      const query: LooseInput["query"] = cursor === null ? input.query : { ...input.query, cursor };
      const answer = await call(id, query === undefined ? input : { ...input, query });
      if (!answer.ok) throw new UsherProblem(answer.problem);
      const page = answer.data as Page;
      yield* page.data;
      cursor = page.next_cursor;
    } while (cursor !== null);
  }
  // Loose inside, typed outside: the union of all routes is too large to be checked call by call.
  return { call, each } as unknown as UsherClient;
}

interface Page {
  readonly data: readonly unknown[];
  readonly next_cursor: string | null;
}

interface LooseInput {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>> | undefined;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly ifMatch?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

function toRequest({
  route,
  input,
  baseUrl,
  apiKey,
}: {
  readonly route: RouteDescription;
  readonly input: LooseInput;
  readonly baseUrl: string;
  readonly apiKey: string;
}): Request {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(input.path?.[name] ?? ""),
  );
  const url = new URL(baseUrl.replace(/\/$/, "") + path);
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const headers = new Headers({
    ...input.headers,
    Authorization: `Bearer ${apiKey}`,
    "Usher-Version": currentApiVersion,
  });
  if (input.idempotencyKey !== undefined) headers.set("Idempotency-Key", input.idempotencyKey);
  if (input.ifMatch !== undefined) headers.set("If-Match", input.ifMatch);
  const isBytes = typeof input.body === "string" || input.body instanceof Uint8Array;
  if (input.body !== undefined && !headers.has("Content-Type"))
    headers.set("Content-Type", "application/json");
  return new Request(url, {
    method: route.method.toUpperCase(),
    headers,
    ...(input.body === undefined
      ? {}
      : {
          body: isBytes
            ? (input.body as string | Uint8Array<ArrayBuffer>)
            : JSON.stringify(input.body),
        }),
    ...(input.signal === undefined ? {} : { signal: input.signal }),
  });
}

async function fromResponse(response: Response, request: Request): Promise<Answer<unknown>> {
  const { status, headers } = response;
  const text = await response.text();
  const isJson = /\bjson\b/.test(headers.get("content-type") ?? "");
  if (response.ok) return { ok: true, status, headers, data: isJson ? JSON.parse(text) : text };
  const body: unknown = isJson ? JSON.parse(text) : undefined;
  if (typeof body === "object" && body !== null && "code" in body) {
    return { ok: false, status, headers, problem: body as Problem };
  }
  throw new Error(
    `${request.method} ${request.url} answered ${status} with a body that is not Usher's: is the base URL right, is there a proxy in between?`,
  );
}
