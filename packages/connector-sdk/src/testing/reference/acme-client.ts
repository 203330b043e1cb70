import type { z } from "zod";
import {
  connectorFailure,
  createHttpClient,
  type HttpAnswer,
  parseDecimalSafeJson,
  parseShape,
  readJsonAnswer,
} from "../../http/index.ts";
import type { CallContext, ConnectorDependencies } from "../../spec/index.ts";
import type { AcmeConfig } from "./acme-config.ts";
import { type AcmeRefusal, acmeFailure, readAcmeRefusal } from "./acme-failure.ts";
import { createAcmeSession } from "./acme-session.ts";

export const acmeHosts = ["api.acme.example"];

const answerBytesMax = 10 * 1024 * 1024;

export interface AcmeRequest<Schema extends z.ZodType> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  /** Below the base URL; parts of it that come from outside are encoded by the caller. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** For messages: `Reading deals`. */
  readonly what: string;
  readonly schema: Schema;
  /** Of ours, for messages about a field. */
  readonly record?: string;
}

export interface AcmeClient {
  /** One request, or three where the token has expired: the call, a refresh, the call again. */
  send<Schema extends z.ZodType>(
    request: AcmeRequest<Schema>,
    context: CallContext,
  ): Promise<z.output<Schema>>;
}

/** Everything a connection shares: one HTTP client with its limits, one session. */
export function createAcmeClient(
  input: { readonly config: AcmeConfig } & ConnectorDependencies,
): AcmeClient {
  const { config } = input;
  const http = createHttpClient({
    ...input,
    allowed: { origins: [config.baseUrl], patterns: acmeHosts },
    limits: {
      concurrentCallsMax: config.concurrentCallsMax,
      timeoutMsMax: config.timeoutMs,
      answerBytesMax,
    },
  });
  const session = createAcmeSession({
    config,
    // <when auth=client_credentials,refresh_token>
    http,
    now: input.now,
    // </when>
    // <when auth=refresh_token>
    tokens: input.tokens,
    // </when>
  });

  function sendWith(token: string, request: AcmeRequest<z.ZodType>, context: CallContext) {
    const url = new URL(config.baseUrl + request.path);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return http.send(
      {
        method: request.method,
        url: url.href,
        headers: {
          authorization: `Bearer ${token}`,
          accept: "application/json",
          ...(request.body === undefined ? {} : { "content-type": "application/json" }),
        },
        body: request.body === undefined ? undefined : JSON.stringify(request.body),
      },
      context,
    );
  }

  return {
    async send(request, context) {
      const token = await session.current(context.log);
      let answer = await sendWith(token, request, context);
      if (answer.status === 401) {
        answer = await sendWith(await session.renewed(token, context.log), request, context);
      }
      return readAnswer(answer, request);
    },
  };
}

function readAnswer<Schema extends z.ZodType>(
  answer: HttpAnswer,
  request: AcmeRequest<Schema>,
): z.output<Schema> {
  const { what, schema, record = null } = request;
  const isWrite = request.method !== "GET";
  if (answer.status === 401) {
    throw connectorFailure({
      category: "auth_invalid",
      message: `${what}: Acme refuses the connection's credentials, a fresh token included. Enter new ones.`,
      vendorRequestId: answer.headers.get("x-request-id"),
    });
  }
  if (answer.status >= 400) {
    throw acmeFailure({ answer, refusal: refusalOf(answer), isWrite, what, record });
  }
  const value = readJsonAnswer({ answer, isWrite, what });
  // Acme announces a maintenance with status 200.
  const refused = typeof value === "object" && value !== null && "error" in value;
  if (refused) {
    throw acmeFailure({ answer, refusal: readAcmeRefusal(value), isWrite, what, record });
  }
  return parseShape({ schema, value, what });
}

function refusalOf(answer: HttpAnswer): AcmeRefusal | null {
  try {
    return readAcmeRefusal(parseDecimalSafeJson(answer.text));
  } catch {
    // A page of HTML, or nothing; the status has to do.
    return null;
  }
}
