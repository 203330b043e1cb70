import type { HttpAnswer } from "../http-answer.ts";
import { answer, bodyObject, type DataOperation, type DataRequest } from "./data-request.ts";
import { refusal, SalesforceError } from "./salesforce-error.ts";

const SUBREQUESTS_MAX = 25;
const QUERIES_MAX = 5;
const GRAPHS_MAX = 75;
const GRAPH_NODES_MAX = 500;

interface Subrequest {
  readonly method: string;
  readonly url: string;
  readonly referenceId: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

interface SubResponse {
  readonly body: unknown;
  readonly httpHeaders: Readonly<Record<string, string>>;
  readonly httpStatusCode: number;
  readonly referenceId: string;
}

/** Carries out one subrequest, as if it had come alone. */
export type RunSubrequest = (request: DataRequest) => HttpAnswer;

/**
 * `/composite` (at most 25 subrequests, five of them queries or collections) and
 * `/composite/graph` (at most 75 graphs and 500 nodes, each graph all or nothing). A later
 * subrequest names an earlier one's result as `@{referenceId.field}`.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_graph.htm
 */
export function compositeOperation(
  request: DataRequest,
  runOne: RunSubrequest,
): DataOperation | undefined {
  if (request.method !== "POST") return undefined;
  if (request.segments.length === 1)
    return { operation: "composite", run: () => composite(request, runOne) };
  if (request.segments.length === 2 && request.segments[1] === "graph") {
    return { operation: "graph", run: () => graphs(request, runOne) };
  }
  return undefined;
}

function composite(request: DataRequest, runOne: RunSubrequest): HttpAnswer {
  const body = bodyObject(request.body);
  const subrequests = readSubrequests(body["compositeRequest"]);
  if (subrequests.length > SUBREQUESTS_MAX) {
    throw refusal(
      400,
      "LIMIT_EXCEEDED",
      `The composite request has ${subrequests.length} subrequests. The maximum number of subrequests allowed is ${SUBREQUESTS_MAX}.`,
    );
  }
  const heavy = subrequests.filter((one) =>
    /\/(query|queryAll|composite\/sobjects)(\/|\?|$)/.test(one.url),
  );
  if (heavy.length > QUERIES_MAX) {
    throw refusal(
      400,
      "LIMIT_EXCEEDED",
      `At most ${QUERIES_MAX} subrequests can be sObject Collections or query operations.`,
    );
  }
  const { responses } = runAll({
    request,
    subrequests,
    allOrNone: body["allOrNone"] === true,
    runOne,
  });
  return answer(200, { compositeResponse: responses });
}

function graphs(request: DataRequest, runOne: RunSubrequest): HttpAnswer {
  const list = bodyObject(request.body)["graphs"];
  if (!Array.isArray(list)) throw refusal(400, "JSON_PARSER_ERROR", "Expected an array `graphs`");
  const parsed = list.map((one) => {
    const graph = bodyObject(one);
    return {
      graphId: String(graph["graphId"] ?? ""),
      subrequests: readSubrequests(graph["compositeRequest"]),
    };
  });
  const nodes = parsed.reduce((sum, one) => sum + one.subrequests.length, 0);
  if (parsed.length > GRAPHS_MAX || nodes > GRAPH_NODES_MAX) {
    throw refusal(
      400,
      "LIMIT_EXCEEDED",
      `At most ${GRAPHS_MAX} graphs and ${GRAPH_NODES_MAX} nodes a request; there are ${parsed.length} and ${nodes}.`,
    );
  }
  const answers = parsed.map(({ graphId, subrequests }) => {
    const { responses, isSuccessful } = runAll({ request, subrequests, allOrNone: true, runOne });
    return { graphId, graphResponse: { compositeResponse: responses }, isSuccessful };
  });
  return answer(200, { graphs: answers });
}

function runAll(input: {
  request: DataRequest;
  subrequests: readonly Subrequest[];
  allOrNone: boolean;
  runOne: RunSubrequest;
}): { responses: SubResponse[]; isSuccessful: boolean } {
  const { request, subrequests, allOrNone, runOne } = input;
  const { store } = request.org;
  const results = new Map<string, unknown>();
  const responses: SubResponse[] = [];
  const marker = new Error("all or none");
  let failedAt = -1;
  try {
    store.transact(() => {
      for (const [index, subrequest] of subrequests.entries()) {
        const given = store.transact(() => attempt(request, subrequest, results, runOne));
        results.set(subrequest.referenceId, given.body);
        responses.push(toSubResponse(subrequest, given));
        // A 300, for an external id that several records have, wrote nothing: no success either.
        if (given.status < 300) continue;
        if (failedAt < 0) failedAt = index;
        if (allOrNone) throw marker;
      }
    });
  } catch (error) {
    if (error !== marker) throw error;
    return {
      isSuccessful: false,
      responses: subrequests.map((one, index) =>
        index === failedAt ? (responses[index] as SubResponse) : halted(one),
      ),
    };
  }
  return { isSuccessful: failedAt < 0, responses };
}

function attempt(
  request: DataRequest,
  subrequest: Subrequest,
  results: ReadonlyMap<string, unknown>,
  runOne: RunSubrequest,
): HttpAnswer {
  try {
    return runOne(toDataRequest(request, subrequest, results));
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error;
    return answer(error.status, error.items);
  }
}

function toDataRequest(
  request: DataRequest,
  subrequest: Subrequest,
  results: ReadonlyMap<string, unknown>,
): DataRequest {
  const target = new URL(fillIn(subrequest.url, results), "http://org");
  const [services, data, version, ...segments] = target.pathname
    .split("/")
    .filter(Boolean)
    .map(decodeURIComponent);
  if (services !== "services" || data !== "data" || version === undefined) {
    throw refusal(
      400,
      "INVALID_URL",
      `Expected a path /services/data/vXX.X/…, got ${subrequest.url}`,
    );
  }
  const headers = new Map(
    Object.entries(subrequest.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return {
    ...request,
    version,
    method: subrequest.method,
    segments,
    query: target.searchParams,
    header: (name) => headers.get(name),
    body: fillInDeep(subrequest.body, results),
  };
}

function fillInDeep(value: unknown, results: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === "string") return fillIn(value, results);
  if (Array.isArray(value)) return value.map((one) => fillInDeep(one, results));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, fillInDeep(one, results)]),
  );
}

/** `@{refAccount.id}` becomes the id that subrequest refAccount answered. */
function fillIn(text: string, results: ReadonlyMap<string, unknown>): string {
  return text.replace(/@\{([^}.]+)\.([^}]+)\}/g, (whole, reference: string, path: string) => {
    let value = results.get(reference);
    for (const step of path
      .replace(/\[(\d+)\]/g, ".$1")
      .split(".")
      .filter(Boolean)) {
      value =
        typeof value === "object" && value !== null
          ? (value as Record<string, unknown>)[step]
          : undefined;
    }
    if (typeof value === "string" || typeof value === "number") return String(value);
    throw refusal(
      400,
      "PROCESSING_HALTED",
      `Invalid reference specified. No value for ${whole.slice(2, -1)} found in ${reference}`,
    );
  });
}

function readSubrequests(value: unknown): Subrequest[] {
  if (!Array.isArray(value))
    throw refusal(400, "JSON_PARSER_ERROR", "Expected an array `compositeRequest`");
  const seen = new Set<string>();
  return value.map((one) => {
    const { method, url, referenceId, body, httpHeaders } = bodyObject(one);
    if (typeof method !== "string" || typeof url !== "string" || typeof referenceId !== "string") {
      throw refusal(400, "JSON_PARSER_ERROR", "Each subrequest needs method, url and referenceId");
    }
    if (!/^[A-Za-z0-9_]+$/.test(referenceId)) {
      throw refusal(
        400,
        "INVALID_REFERENCE_ID",
        `referenceId ${referenceId} may hold letters, digits and _ only`,
      );
    }
    if (seen.has(referenceId)) {
      throw refusal(400, "DUPLICATE_REFERENCE_ID", `referenceId ${referenceId} is used twice`);
    }
    seen.add(referenceId);
    return {
      method,
      url,
      referenceId,
      body,
      headers: (httpHeaders ?? {}) as Record<string, string>,
    };
  });
}

function toSubResponse(subrequest: Subrequest, given: HttpAnswer): SubResponse {
  return {
    body: given.body ?? null,
    httpHeaders: given.headers,
    httpStatusCode: given.status,
    referenceId: subrequest.referenceId,
  };
}

function halted(subrequest: Subrequest): SubResponse {
  return {
    body: [
      {
        errorCode: "PROCESSING_HALTED",
        message:
          "The transaction was rolled back since another operation in the same transaction failed.",
      },
    ],
    httpHeaders: {},
    httpStatusCode: 400,
    referenceId: subrequest.referenceId,
  };
}
