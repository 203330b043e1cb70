import {
  connectorFailure,
  createHttpClient,
  parseShape,
  readJsonAnswer,
} from "@usher/connector-sdk/http";
import {
  type CallContext,
  type ConnectorDependencies,
  isConnectorError,
} from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { TrytonConfig } from "./tryton-config.ts";
import { fromTrytonRefusal, fromTrytonStatus, trytonErrorArguments } from "./tryton-failure.ts";
import { createTrytonSessions, type TrytonSession } from "./tryton-session.ts";

export interface TrytonCall<Schema extends z.ZodType> {
  /** Such as `model.sale.sale.quote`. */
  readonly method: string;
  /** Without the context, which is added. */
  readonly parameters: readonly unknown[];
  /** Tryton's own context: company, language, and the versions that must not have changed. */
  readonly context: Readonly<Record<string, unknown>>;
  readonly isWrite: boolean;
  /** For messages: what is being done, with the record's name. */
  readonly what: string;
  readonly result: Schema;
}

export interface TrytonClient {
  /** The result, decimal-safe and by its schema. A refusal, whatever its status, is a `ConnectorError`. */
  call<Schema extends z.ZodType>(
    call: TrytonCall<Schema>,
    context: CallContext,
  ): Promise<z.output<Schema>>;
  /** The series of the server, such as `8.2`. Needs no log-in. */
  serverVersion(context: CallContext): Promise<string>;
  close(): Promise<void>;
}

const answerShape = z.union([
  z.object({ error: trytonErrorArguments }),
  z.object({ result: z.unknown() }),
]);

/**
 * JSON-RPC as Tryton's own clients speak it (`POST /<database>/rpc/`). Not its newer REST: that has
 * no optimistic lock. Every call is a transaction of its own. A session that has ended is renewed
 * once and the call repeated once.
 */
export function createTrytonClient(
  input: { readonly config: TrytonConfig } & ConnectorDependencies,
): TrytonClient {
  const { config, fetch, now } = input;
  const http = createHttpClient({
    allowed: { origins: [config.baseUrl], patterns: [] },
    limits: {
      concurrentCallsMax: config.concurrentCallsMax,
      timeoutMsMax: config.timeoutMs,
      answerBytesMax: 8 * 1024 * 1024,
    },
    fetch,
    now,
  });
  const sessions = createTrytonSessions({ config, http, now });

  async function exchange(
    request: {
      readonly path: string;
      readonly method: string;
      readonly parameters: readonly unknown[];
      readonly isWrite: boolean;
      readonly what: string;
      readonly session: TrytonSession | null;
    },
    context: CallContext,
  ): Promise<unknown> {
    const { isWrite, what, session } = request;
    const answer = await http.send(
      {
        method: "POST",
        url: `${config.baseUrl}${request.path}`,
        headers: {
          "content-type": "application/json",
          accept: "application/json",
          ...(session === null ? {} : { authorization: session.authorization }),
        },
        // Exactly these three names: with any other Tryton answers without an envelope.
        body: JSON.stringify({ id: 1, method: request.method, params: request.parameters }),
        isWrite,
      },
      context,
    );
    if (answer.status !== 200) throw fromTrytonStatus({ answer, isWrite, what });
    const value = readJsonAnswer({ answer, isWrite, what });
    const parsed = parseShape({ schema: answerShape, value, what });
    if ("error" in parsed) {
      throw fromTrytonRefusal({ error: parsed.error, isWrite, what });
    }
    return parsed.result;
  }

  async function authorized<Schema extends z.ZodType>(
    call: TrytonCall<Schema>,
    context: CallContext,
  ): Promise<unknown> {
    const request = {
      path: `/${config.database}/rpc/`,
      method: call.method,
      parameters: [...call.parameters, call.context],
      isWrite: call.isWrite,
      what: call.what,
    };
    const first = await sessions.current(context.log);
    try {
      return await exchange({ ...request, session: first }, context);
    } catch (error) {
      if (!isConnectorError(error) || error.detail.category !== "auth_expired") throw error;
      const second = await sessions.renewed(first, context.log);
      try {
        return await exchange({ ...request, session: second }, context);
      } catch (again) {
        throw isConnectorError(again) && again.detail.category === "auth_expired"
          ? stillRefused(again)
          : again;
      }
    }
  }

  return {
    async call(call, context) {
      const value = await authorized(call, context);
      return parseShape({ schema: call.result, value, what: call.what });
    },
    async serverVersion(context) {
      const what = "Asking the server for its version";
      const value = await exchange(
        {
          path: "/rpc/",
          method: "common.server.version",
          parameters: [],
          isWrite: false,
          what,
          session: null,
        },
        context,
      );
      return parseShape({ schema: z.string(), value, what });
    },
    close: () => sessions.end(),
  };
}

function stillRefused(cause: Error) {
  return connectorFailure({
    category: "auth_invalid",
    message:
      "Tryton refuses a session that it has just given. Check that the connection's URL is one server, or that all servers behind it share the database, and that its user is active.",
    vendorCode: "401",
    cause,
  });
}
