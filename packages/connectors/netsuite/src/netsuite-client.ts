import {
  connectorFailure,
  createHttpClient,
  type HttpAnswer,
  parseShape,
  readJsonAnswer,
} from "@usher/connector-sdk/http";
import {
  type CallContext,
  type ConnectorDependencies,
  isConnectorError,
} from "@usher/connector-sdk/spec";
import { z } from "zod";
import { accountOrigin, type NetsuiteConfig } from "./netsuite-config.ts";
import { fromNetsuiteAnswer } from "./netsuite-failure.ts";
import { createNetsuiteSessions, type NetsuiteSession } from "./netsuite-session.ts";
import { type SuiteQlQuery, toSuiteQl } from "./suiteql.ts";

export const netsuiteHosts = ["*.suitetalk.api.netsuite.com"] as const;

export interface NetsuiteRequest {
  readonly method: "GET" | "PUT" | "POST";
  /** Below `/services/rest`, with query. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isWrite: boolean;
  /** For messages: what is being done, with the record's name. */
  readonly what: string;
  /** A refusal that says that there is nothing left to do. */
  readonly isDone?: (answer: HttpAnswer) => boolean;
}

export interface NetsuiteClient {
  /** The answer of a request that went well. A refusal, whatever its status, is a `ConnectorError`. */
  send(request: NetsuiteRequest, context: CallContext): Promise<HttpAnswer>;
  /** JSON of a GET, decimal-safe. */
  get(path: string, what: string, context: CallContext): Promise<unknown>;
  /** As `get`, null where NetSuite says that the record does not exist. */
  find(path: string, what: string, context: CallContext): Promise<unknown>;
  /** Every row; columns without a value are missing from it. */
  query<Row extends z.ZodType>(
    query: SuiteQlQuery & { readonly row: Row; readonly what: string },
    context: CallContext,
  ): Promise<readonly z.output<Row>[]>;
}

const rowsAPage = 1_000;
/** SuiteQL gives 100,000 rows at most. */
const pagesMax = 100;

/** Longer than NetSuite takes to look at a token: it was waiting for a free place, and was turned away. */
const overloadedAfterMs = 20_000;

const page = z.looseObject({ items: z.array(z.unknown()), hasMore: z.boolean() });

/**
 * REST web services of one account. A token that has ended is renewed once and the request repeated
 * once; nothing else is repeated. Unknown properties are refused by NetSuite, never dropped.
 */
export function createNetsuiteClient(
  input: { readonly config: NetsuiteConfig } & ConnectorDependencies,
): NetsuiteClient {
  const { config, fetch, now } = input;
  const origin = config.baseUrl ?? accountOrigin(config);
  const http = createHttpClient({
    allowed: { origins: [origin], patterns: netsuiteHosts },
    limits: {
      concurrentCallsMax: config.concurrentCallsMax,
      timeoutMsMax: config.timeoutMs,
      answerBytesMax: 16 * 1024 * 1024,
    },
    fetch,
    now,
  });
  const sessions = createNetsuiteSessions({ config, http, origin, now });

  async function exchange(
    request: NetsuiteRequest,
    session: NetsuiteSession,
    context: CallContext,
  ): Promise<HttpAnswer> {
    const { method, path, body, isWrite, what } = request;
    const sentMs = now();
    const answer = await http.send(
      {
        method,
        url: `${origin}/services/rest${path}`,
        headers: {
          accept: "application/json",
          authorization: `Bearer ${session.accessToken}`,
          "x-netsuite-propertynamevalidation": "Error",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...request.headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        isWrite,
      },
      context,
    );
    if (request.isDone?.(answer) === true) return answer;
    // The answer of a job that failed may come as a good one.
    const isRefusal = answer.text.includes('"o:errorDetails"');
    if (answer.status < 300 && !isRefusal) return answer;
    if (answer.status === 401 && now() - sentMs >= overloadedAfterMs) throw overloaded(what);
    throw fromNetsuiteAnswer({
      ...answer,
      status: answer.status < 300 ? 400 : answer.status,
      isWrite,
      what,
      requestId: answer.headers.get("x-n-operationid"),
    });
  }

  async function send(request: NetsuiteRequest, context: CallContext): Promise<HttpAnswer> {
    const first = await sessions.current(context.log);
    try {
      return await exchange(request, first, context);
    } catch (error) {
      if (!isConnectorError(error) || error.detail.category !== "auth_expired") throw error;
      const second = await sessions.renewed(first, context.log);
      try {
        return await exchange(request, second, context);
      } catch (again) {
        throw isConnectorError(again) && again.detail.category === "auth_expired"
          ? stillRefused(again)
          : again;
      }
    }
  }

  async function get(path: string, what: string, context: CallContext): Promise<unknown> {
    const answer = await send({ method: "GET", path, isWrite: false, what }, context);
    return readJsonAnswer({ answer, isWrite: false, what });
  }

  return {
    send,
    get,
    async find(path, what, context) {
      try {
        return await get(path, what, context);
      } catch (error) {
        // Without a code of NetSuite's it is the address that is wrong, not the record that is missing.
        const isMissing =
          isConnectorError(error) &&
          error.detail.category === "not_found" &&
          error.detail.vendorCode !== null;
        if (isMissing) return null;
        throw error;
      }
    },
    async query({ row, what, ...query }, context) {
      const rows: unknown[] = [];
      for (let pages = 0; pages < pagesMax; pages += 1) {
        const answer = await send(
          {
            method: "POST",
            path: `/query/v1/suiteql?limit=${rowsAPage}&offset=${rows.length}`,
            body: { q: toSuiteQl(query) },
            headers: { prefer: "transient" },
            isWrite: false,
            what,
          },
          context,
        );
        const value = readJsonAnswer({ answer, isWrite: false, what });
        const { items, hasMore } = parseShape({ schema: page, value, what });
        rows.push(...items);
        if (!hasMore) return parseShape({ schema: z.array(row), value: rows, what });
        // The next offset has to be divisible by the limit.
        if (items.length !== rowsAPage) break;
      }
      throw connectorFailure({
        category: "schema_drift",
        message: `${what}: SuiteQL says that there are more rows behind a page that is not full, or more than its own limit.`,
      });
    },
  };
}

/** Who is turned away after waiting for a free place is told that the login is wrong. */
function overloaded(what: string) {
  return connectorFailure({
    category: "rate_limited",
    message: `${what}: NetSuite answered 401 after a long wait, as it does when the whole account is overloaded. The credentials were not touched; lower concurrentCallsMax, or give this integration a share of the account's limit.`,
    vendorCode: "INVALID_LOGIN",
  });
}

function stillRefused(cause: Error) {
  return connectorFailure({
    category: "auth_invalid",
    message:
      "NetSuite refuses a token that it has just given. Check that the role of the mapping has “Log in using OAuth 2.0 Access Tokens” and “REST Web Services”, that its entity is active, and the account's IP address rules.",
    vendorCode: "INVALID_LOGIN",
    cause,
  });
}
