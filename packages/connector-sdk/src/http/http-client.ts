import type { CallContext } from "../spec/call-context.ts";
import { isConnectorError } from "../spec/connector-error.ts";
import type { ConnectorDependencies } from "../spec/connector-manifest.ts";
import { type AllowedHosts, isAllowedUrl } from "./allowed-hosts.ts";
import { createConcurrencyLimit } from "./concurrency-limit.ts";
import { connectorFailure } from "./connector-failure.ts";
import { readCappedBody } from "./read-capped-body.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { transportFailure } from "./transport-failure.ts";

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Whether it may change something over there. Follows from the method when not said: GET and HEAD do not. */
  readonly isWrite?: boolean;
}

/** A whole answer, whatever its status: what it means is for the vendor's own table to say. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What the answer's `Retry-After` asks for, in milliseconds from now. */
  readonly retryAfterMs: number | null;
}

export interface HttpClient {
  /** Throws a `ConnectorError` when no whole answer came, or when the request may not be sent. */
  send(
    request: HttpRequest,
    context: Pick<CallContext, "deadline" | "signal" | "log">,
  ): Promise<HttpAnswer>;
}

export interface HttpLimits {
  readonly concurrentCallsMax: number;
  /** For one request, its answer's last byte included; a nearer deadline wins. */
  readonly timeoutMsMax: number;
  readonly answerBytesMax: number;
}

const redirectsMax = 3;

/**
 * How long the answer to a write on its way is still waited for when the caller gives up. Cutting the
 * connection undoes nothing: the peer carries the write out, perhaps after the caller has looked for
 * what there is to take back. Below the 5 s in which a worker that stops has to be over.
 */
const sentWriteWaitMsMax = 4_000;

/**
 * The one way a connection speaks HTTP. One client belongs to one connection, so that two never
 * share a limit: it bounds time, bytes and concurrency, keeps to the allowed hosts (redirects
 * too: a foreign host would be handed the credentials), and stays silent for as long as the peer
 * asked with `Retry-After`. It never repeats a request: that is decided above. A caller that gives up
 * still learns what became of a write that was sent, if the answer is near.
 */
export function createHttpClient(
  input: { readonly allowed: AllowedHosts; readonly limits: HttpLimits } & ConnectorDependencies,
): HttpClient {
  const { allowed, limits, fetch, now } = input;
  const limit = createConcurrencyLimit({ max: limits.concurrentCallsMax });
  let silentUntilMs = 0;

  async function exchange(
    request: HttpRequest,
    url: URL,
    signal: AbortSignal,
    hop = 0,
  ): Promise<HttpAnswer> {
    if (!isAllowedUrl({ url, allowed })) throw refusedHost(request, url);
    const response = await fetch(url.href, {
      method: request.method,
      headers: request.headers,
      redirect: "manual",
      signal,
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      const next = URL.parse(location, url.href);
      if (next === null || next.origin !== url.origin || isWrite(request) || hop >= redirectsMax) {
        throw refusedRedirect(request, url, next);
      }
      return exchange(request, next, signal, hop + 1);
    }
    const text = await readCappedBody({ response, bytesMax: limits.answerBytesMax });
    const retryAfterMs = parseRetryAfter({
      retryAfter: response.headers.get("retry-after"),
      date: response.headers.get("date"),
      nowMs: now(),
    });
    return { status: response.status, headers: response.headers, text, retryAfterMs };
  }

  async function bounded(
    request: HttpRequest,
    context: Pick<CallContext, "deadline" | "signal" | "log">,
  ): Promise<HttpAnswer> {
    const url = new URL(request.url);
    const named = `${request.method} ${url.origin}${url.pathname}`;
    const startedMs = now();
    const waitMs = Math.min(limits.timeoutMsMax, context.deadline - startedMs);
    if (waitMs <= 0) {
      throw connectorFailure({
        category: "transient",
        message: `${named}: not sent, its deadline has passed.`,
      });
    }
    if (silentUntilMs > startedMs) throw stillSilent(named, silentUntilMs - startedMs);
    const stop = new AbortController();
    let isSent = false;
    let lastWait: NodeJS.Timeout | undefined;
    const abort = () => {
      const giveUp = () => stop.abort(context.signal.reason);
      if (isSent && isWrite(request)) lastWait = setTimeout(giveUp, sentWriteWaitMsMax);
      else giveUp();
    };
    let isTimedOut = false;
    const timer = setTimeout(() => {
      isTimedOut = true;
      stop.abort(new Error(`timed out after ${waitMs} ms`));
    }, waitMs);
    context.signal.addEventListener("abort", abort, { once: true });
    if (context.signal.aborted) abort();
    try {
      const answer = await limit.run(() => {
        isSent = true;
        return exchange(request, url, stop.signal);
      }, stop.signal);
      if (answer.retryAfterMs !== null && (answer.status === 429 || answer.status === 503)) {
        silentUntilMs = Math.max(silentUntilMs, now() + answer.retryAfterMs);
      }
      context.log({
        message: "http",
        request: named,
        status: answer.status,
        ms: now() - startedMs,
      });
      return answer;
    } catch (error) {
      if (isConnectorError(error)) throw error;
      const reason = isTimedOut ? "timeout" : context.signal.aborted ? "aborted" : "broken";
      context.log({ message: "http", request: named, status: reason, ms: now() - startedMs });
      throw transportFailure({
        cause: error,
        isWrite: isSent && isWrite(request),
        request: named,
        reason,
        waitedMs: waitMs,
      });
    } finally {
      clearTimeout(timer);
      clearTimeout(lastWait);
      context.signal.removeEventListener("abort", abort);
    }
  }

  return { send: bounded };
}

function isWrite(request: HttpRequest): boolean {
  return request.isWrite ?? !["GET", "HEAD"].includes(request.method);
}

function refusedHost(request: HttpRequest, url: URL) {
  return connectorFailure({
    category: "config",
    message: `${request.method} ${url.origin} was not sent: this connection may only call its configured URL and the vendor's own hosts. Correct the connection's URL.`,
  });
}

function refusedRedirect(request: HttpRequest, from: URL, to: URL | null) {
  return connectorFailure({
    category: "config",
    message: `${request.method} ${from.origin}${from.pathname} is redirected to ${to === null ? "something that is no URL" : to.origin}, which was not followed: credentials stay with the host they were given for. Set the connection's URL to the server's final address.`,
  });
}

function stillSilent(named: string, retryAfterMs: number) {
  return connectorFailure({
    category: "rate_limited",
    message: `${named}: not sent, the server asked for silence for another ${Math.ceil(retryAfterMs / 1000)} s.`,
    retryAfterMs,
  });
}
