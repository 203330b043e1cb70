import { Hono } from "hono";
import type { Fault } from "../fault/fault.ts";
import {
  type FaultedRequest,
  type Settled,
  settleAfter,
  strikeBefore,
  take,
  takeAfter,
} from "../fault/request-faults.ts";
import { type HttpAnswer, type NodeContext, type NodeEnv, toResponse } from "../http-answer.ts";
import type { TrafficLog } from "../traffic-log.ts";
import type { CallResult } from "./call.ts";
import { expandBody } from "./expand.ts";
import { canonicalForm, type FormTree, parseFormTree } from "./form-tree.ts";
import { createIdempotencyKeys, type IdempotencyKeys, requestFingerprint } from "./idempotency.ts";
import { createParams } from "./params.ts";
import { API_VERSION, type StripeAccount } from "./stripe-account.ts";
import { invalidRequest, StripeError, type StripeErrorBody } from "./stripe-error.ts";
import { STRIPE_OPERATIONS, type StripeOperation } from "./stripe-operations.ts";

export interface StripeDeps {
  readonly account: StripeAccount;
  readonly traffic: TrafficLog;
}

/** Stripe's host: `/v1/*`. */
export function createStripeApp({ account, traffic }: StripeDeps): Hono<NodeEnv> {
  const keys = createIdempotencyKeys(account);
  const app = new Hono<NodeEnv>();
  for (const operation of STRIPE_OPERATIONS) {
    app.on(operation.method, operation.path, (context) =>
      serve({ account, traffic, keys, context, operation }),
    );
  }
  app.all("/v1/*", (context) => {
    const message = `Unrecognized request URL (${context.req.method}: ${context.req.path}). This simulator knows the calls of its README; see also https://docs.stripe.com.`;
    const error = new StripeError(404, { type: "invalid_request_error", message });
    return toResponse(errorAnswer(error, newRequestId(account)));
  });
  return app;
}

interface Serving extends StripeDeps {
  readonly keys: IdempotencyKeys;
  readonly context: NodeContext;
  readonly operation: StripeOperation;
}

/** One request: key, idempotency, faults, the call itself in a transaction, log. */
async function serve(serving: Serving): Promise<Response> {
  const { account, traffic, context, operation } = serving;
  const started = performance.now();
  const requestId = newRequestId(account);
  const settled = await settle(serving, requestId);
  traffic.add({
    at: new Date(account.now()).toISOString(),
    vendor: "stripe",
    method: context.req.method,
    path: context.req.path,
    operation: operation.name,
    status: settled.status,
    ms: Math.round((performance.now() - started) * 100) / 100,
    requestId,
    idempotencyKey: keyOf(context) ?? null,
    fault: settled.fault?.kind ?? null,
  });
  return settled.response;
}

async function settle(serving: Serving, requestId: string): Promise<Settled> {
  const { account, keys, context, operation } = serving;
  const key = keyOf(context);
  const faulted: FaultedRequest = {
    context,
    faults: account.faults,
    vendor: "stripe",
    operation: operation.name,
    refuse: (fault) => withHeaders({ account, answer: faultAnswer(fault), requestId, key }),
  };
  let hasEntered = false;
  try {
    authenticate(account, context);
    checkVersion(context);
    const form = await readForm(context);
    const path = new URL(context.req.url).pathname;
    const fingerprint = requestFingerprint({
      method: context.req.method,
      path,
      form: canonicalForm(form),
    });
    if (key !== undefined) {
      const verdict = keys.enter({ key, fingerprint });
      if (verdict.kind === "replay") {
        const response = toResponse(
          withHeaders({ account, answer: verdict.answer, requestId, key }),
        );
        return { response, status: verdict.answer.status, fault: undefined };
      }
      hasEntered = true;
    }
    const struck = await strikeBefore(faulted);
    if (struck !== undefined) return struck;
    const { answer, late } = carryOut({ serving, faulted, form, fingerprint, requestId, key });
    return settleAfter(faulted, answer, late);
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    const answer = withHeaders({ account, answer: errorAnswer(error, requestId), requestId, key });
    return { response: toResponse(answer), status: answer.status, fault: undefined };
  } finally {
    if (hasEntered && key !== undefined) keys.leave(key);
  }
}

function carryOut(input: {
  serving: Serving;
  faulted: FaultedRequest;
  form: FormTree;
  fingerprint: string;
  requestId: string;
  key: string | undefined;
}): { answer: HttpAnswer; late: Fault | undefined } {
  const { serving, faulted, form, fingerprint, requestId, key } = input;
  const { account, keys, context, operation } = serving;
  const refused = take(faulted, ["refuse_write", "lock", "server_error_stored"]);
  if (refused !== undefined && refused.kind !== "server_error_stored") throw refusalOf(refused);
  return account.store.transact(() => {
    const answer =
      refused === undefined
        ? run({
            account,
            operation,
            form,
            path: context.req.param(),
            caller: { requestId, idempotencyKey: key ?? null },
          })
        : faultAnswer(refused);
    // An answer that will be replaced by a 500 is kept as that 500.
    const late = takeAfter(faulted);
    const kept = late?.kind === "server_error_after_commit" ? faultAnswer(late) : answer;
    if (key !== undefined) keys.keep({ key, fingerprint, answer: kept, requestId });
    return { answer: withHeaders({ account, answer, requestId, key }), late };
  });
}

function run(input: {
  account: StripeAccount;
  operation: StripeOperation;
  form: FormTree;
  path: Record<string, string>;
  caller: { requestId: string; idempotencyKey: string | null };
}): HttpAnswer {
  const { account, operation, form, path, caller } = input;
  const params = createParams(form);
  const expand = params.texts("expand") ?? [];
  const result: CallResult = operation.run({ account, params, path, caller });
  if (isKeptRefusal(result)) {
    const { status, error } = result.refusedWith;
    return { status, headers: {}, body: { error } };
  }
  expandBody(account, result, expand);
  return { status: 200, headers: {}, body: result };
}

function isKeptRefusal(
  result: CallResult,
): result is Extract<CallResult, { refusedWith: unknown }> {
  return "refusedWith" in result && typeof result.refusedWith === "object";
}

async function readForm(context: NodeContext): Promise<FormTree> {
  const url = new URL(context.req.url);
  if (context.req.method === "GET") return parseFormTree(url.search.slice(1));
  const body = await context.req.text();
  return parseFormTree(body === "" ? url.search.slice(1) : body);
}

function authenticate(account: StripeAccount, context: NodeContext) {
  const header = context.req.header("authorization") ?? "";
  const basic = /^Basic (.+)$/i.exec(header)?.[1];
  const key =
    basic === undefined
      ? /^Bearer (.+)$/i.exec(header)?.[1]
      : Buffer.from(basic, "base64").toString("utf8").split(":")[0];
  const { secretKey, oldSecretKey } = account.settings();
  if (key !== undefined && (key === secretKey || key === oldSecretKey)) return;
  const message =
    key === undefined
      ? "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
      : `Invalid API Key provided: ${key.slice(0, 8)}${"*".repeat(12)}${key.slice(-4)}`;
  throw new StripeError(401, { type: "invalid_request_error", message });
}

function checkVersion(context: NodeContext) {
  const version = context.req.header("stripe-version");
  if (version === undefined || version === API_VERSION) return;
  throw invalidRequest(
    `Invalid Stripe API version: ${version}. This simulator speaks ${API_VERSION}.`,
  );
}

function keyOf(context: NodeContext): string | undefined {
  return context.req.method === "POST" ? context.req.header("idempotency-key") : undefined;
}

function withHeaders(input: {
  readonly account: StripeAccount;
  readonly answer: HttpAnswer;
  readonly requestId: string;
  readonly key: string | undefined;
}): HttpAnswer {
  const { account, answer, requestId, key } = input;
  const headers: Record<string, string> = {
    ...answer.headers,
    // By the account's clock, as everything it stamps.
    Date: new Date(account.now()).toUTCString(),
    "Request-Id": requestId,
    "Stripe-Version": API_VERSION,
    ...(key === undefined ? {} : { "Idempotency-Key": key }),
  };
  return { ...answer, headers };
}

function errorAnswer(error: StripeError, requestId: string): HttpAnswer {
  const body = {
    error: {
      ...error.body,
      request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}`,
    },
  };
  // Stripe's own word on whether to retry: for a lock yes, whatever the status says.
  const headers: Record<string, string> =
    error.body.code === "lock_timeout" ? { "Stripe-Should-Retry": "true" } : {};
  return { status: error.status, headers, body };
}

function faultAnswer(fault: Fault): HttpAnswer {
  switch (fault.kind) {
    case "too_many_requests":
      return errorWith(
        429,
        {
          type: "invalid_request_error",
          code: "rate_limit",
          message:
            "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
        },
        fault.retryAfterSeconds === null ? {} : { "Retry-After": String(fault.retryAfterSeconds) },
      );
    case "unauthorized":
      return errorWith(401, {
        type: "invalid_request_error",
        message: "Invalid API Key provided: sk_test_************",
      });
    default:
      return errorWith(fault.status, {
        type: "api_error",
        message: fault.message ?? "An unknown error occurred",
      });
  }
}

function errorWith(
  status: number,
  error: StripeErrorBody,
  headers: Record<string, string> = {},
): HttpAnswer {
  return { status, headers, body: { error } };
}

/** A refused write, or another request that holds the object (429 lock_timeout, which Stripe asks to retry). */
function refusalOf(fault: Fault): StripeError {
  if (fault.kind === "lock") {
    return new StripeError(429, {
      type: "invalid_request_error",
      code: "lock_timeout",
      message:
        "This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this error intermittently, retry the request.",
    });
  }
  return invalidRequest(fault.message ?? "The account's settings refuse this change.");
}

function newRequestId(account: StripeAccount): string {
  return account.newId("req").id;
}
