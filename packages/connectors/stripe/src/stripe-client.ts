import { AsyncLocalStorage } from "node:async_hooks";
import {
  categoryOfStatus,
  connectorFailure,
  createHttpClient,
  type HttpAnswer,
} from "@usher/connector-sdk/http";
import type { CallContext, ConnectorDependencies } from "@usher/connector-sdk/spec";
import Stripe from "stripe";
import { mustBeStripeAnswer } from "./stripe-answer.ts";
import { type StripeConfig, stripeApiUrl } from "./stripe-config.ts";
import { fromStripeError } from "./stripe-failure.ts";

/** What the shapes in this package are written for; the one stripe-node 23.1 is generated from. */
const stripeApiVersion = "2026-10-28.endive";

export interface StripeClient {
  /**
   * One step of work with stripe-node under the caller's deadline and signal. Whatever it throws
   * leaves as a `ConnectorError`, save what `keep` claims for the step itself.
   */
  call<T>(
    step: {
      readonly what: string;
      readonly isWrite: boolean;
      readonly run: (stripe: Stripe) => Promise<T>;
      readonly keep?: (error: unknown) => boolean;
    },
    context: CallContext,
  ): Promise<T>;
}

/**
 * stripe-node over our HTTP client, so that one place bounds time, bytes and concurrency. Its own
 * retries are off; and since our client reports a closed connection as an error of its own,
 * stripe-node does not re-send it once more, as it otherwise does even at zero retries.
 */
export function createStripeClient(
  input: { readonly config: StripeConfig } & ConnectorDependencies,
): StripeClient {
  const { config, fetch, now } = input;
  const http = createHttpClient({
    allowed: {
      origins: config.baseUrl === stripeApiUrl ? [] : [config.baseUrl],
      patterns: ["api.stripe.com"],
    },
    limits: {
      concurrentCallsMax: config.concurrentCallsMax,
      timeoutMsMax: config.timeoutMs,
      answerBytesMax: 16 * 1024 * 1024,
    },
    fetch,
    now,
  });
  // stripe-node takes no signal with a call; the call's context travels beside it.
  const contexts = new AsyncLocalStorage<CallContext>();
  const { hostname, port, protocol } = new URL(config.baseUrl);
  const scheme = protocol === "http:" ? "http" : "https";
  const stripe = new Stripe(config.apiKey, {
    apiVersion: stripeApiVersion,
    host: hostname,
    port: port === "" ? (scheme === "http" ? 80 : 443) : Number(port),
    protocol: scheme,
    maxNetworkRetries: 0,
    // Ours is nearer; stripe-node's must not strike first.
    timeout: config.timeoutMs + 10_000,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient(async (url, init = {}) => {
      const context = contexts.getStore();
      if (context === undefined) throw new Error("a Stripe call was made outside of a step");
      const method = init.method ?? "GET";
      const isWrite = method !== "GET";
      const href = url instanceof Request ? url.url : String(url);
      const answer = await http.send(
        {
          method,
          url: href,
          headers: Object.fromEntries(new Headers(init.headers)),
          body: typeof init.body === "string" && init.body !== "" ? init.body : undefined,
        },
        context,
      );
      // stripe-node takes an answer without an `error` for a success, whatever its status.
      if (answer.status >= 400 && !holdsError(answer.text)) {
        throw refusedWithoutError({ answer, isWrite });
      }
      if (answer.status < 400) {
        const { pathname, searchParams } = new URL(href);
        mustBeStripeAnswer({
          text: answer.text,
          isWrite,
          request: `${method} ${pathname}`,
          startingAfter: searchParams.get("starting_after"),
          requestId: answer.headers.get("request-id"),
        });
      }
      return new Response(answer.text, { status: answer.status, headers: answer.headers });
    }),
  });

  return {
    async call({ what, isWrite, run, keep }, context) {
      try {
        return await contexts.run(context, () => run(stripe));
      } catch (error) {
        if (keep?.(error) === true) throw error;
        throw fromStripeError({ error, isWrite, what, nowMs: now() });
      }
    },
  };
}

function holdsError(text: string): boolean {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== "object" || body === null || !("error" in body)) return false;
    return typeof body.error === "object" && body.error !== null;
  } catch {
    // A page of HTML, or nothing. What was cut off in the middle of an error is told by stripe-node.
    return text.trimStart().startsWith("{");
  }
}

/** A refusal that is not Stripe's own JSON comes from something in between; its status still tells. */
function refusedWithoutError(input: { readonly answer: HttpAnswer; readonly isWrite: boolean }) {
  const { answer, isWrite } = input;
  return connectorFailure({
    category: categoryOfStatus({ status: answer.status, isWrite }),
    message: `Stripe answered ${answer.status} without an error of its own.`,
    vendorRequestId: answer.headers.get("request-id"),
    retryAfterMs: answer.retryAfterMs,
  });
}
