import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as openRequest,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** What the proxy does to a request instead of, or besides, passing it on. */
export type ProxyFault =
  /** The request is passed on after `ms`. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Nothing is passed on and nothing answered; the socket stays open. */
  | { readonly kind: "hang" }
  /** The socket is cut before the peer saw anything. */
  | { readonly kind: "reset-before-commit" }
  /** The peer carries it out; the socket is cut instead of its answer. */
  | { readonly kind: "reset-after-commit" }
  /** Answered here; the peer saw nothing. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The peer carries it out; a page of HTML comes back with status 200. */
  | { readonly kind: "html" }
  /** The peer carries it out; its answer is cut in half, complete as HTTP. */
  | { readonly kind: "truncated-json" }
  /** The peer carries it out; another body comes back, with the same status. */
  | { readonly kind: "rewrite"; readonly rewrite: (body: string) => string };

export interface ProxyRule {
  /** Which requests; all when left out. */
  readonly when?: (request: ProxiedRequest) => boolean;
  readonly fault: ProxyFault;
  /** How many requests it strikes; without it, every one. */
  readonly times?: number;
}

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Null when no answer was given. */
  status: number | null;
  /** As it was given, whoever gave it; null when none was. */
  answer: { readonly headers: IncomingHttpHeaders; readonly body: string } | null;
}

/** A server between a connector and its peer that makes the weather. Loopback only. */
export interface FaultProxy {
  readonly url: string;
  /** Every request that came, in order. */
  readonly requests: readonly ProxiedRequest[];
  /** The highest number of requests under way at once. */
  readonly concurrentMax: () => number;
  strike(rule: ProxyRule): void;
  /** Forgets rules and requests. */
  calm(): void;
  close(): Promise<void>;
}

export async function startFaultProxy({
  peerUrl,
}: {
  readonly peerUrl: string;
}): Promise<FaultProxy> {
  const peer = new URL(peerUrl);
  // A kept connection that the peer closes while a request is under way would be weather nobody ordered.
  const agent = new Agent({ keepAlive: false });
  let rules: { readonly rule: ProxyRule; left: number }[] = [];
  let requests: ProxiedRequest[] = [];
  let running = 0;
  let runningMax = 0;

  function takeFault(request: ProxiedRequest): ProxyFault | null {
    const found = rules.find(({ rule, left }) => left > 0 && (rule.when?.(request) ?? true));
    if (found === undefined) return null;
    found.left -= 1;
    return found.rule.fault;
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request: ProxiedRequest = {
      method: incoming.method ?? "GET",
      path: incoming.url ?? "/",
      headers: incoming.headers,
      body: await readText(incoming),
      status: null,
      answer: null,
    };
    requests.push(request);
    const fault = takeFault(request);
    if (fault?.kind === "hang") return;
    if (fault?.kind === "reset-before-commit") {
      incoming.socket.destroy();
      return;
    }
    if (fault?.kind === "answer") {
      request.status = fault.status;
      request.answer = { headers: { ...fault.headers }, body: fault.body ?? "" };
      outgoing.writeHead(fault.status, fault.headers).end(fault.body ?? "");
      return;
    }
    if (fault?.kind === "delay") await new Promise((resolve) => setTimeout(resolve, fault.ms));
    const answer = await pass(request);
    if (fault?.kind === "reset-after-commit") {
      incoming.socket.destroy();
      return;
    }
    const isHtml = fault?.kind === "html";
    const body = isHtml ? "<html><body>Bad gateway</body></html>" : answer.body;
    const shown = shownBody(body, fault);
    request.status = isHtml ? 200 : answer.status;
    const headers = { ...answer.headers, ...(isHtml ? { "content-type": "text/html" } : {}) };
    request.answer = { headers, body: shown };
    outgoing.writeHead(request.status, withoutFraming(headers)).end(shown);
  }

  // The Host header stays the proxy's own: a peer that names its URL in an answer names this one.
  function pass(request: ProxiedRequest) {
    return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>(
      (resolve, reject) => {
        const sent = openRequest(
          {
            host: peer.hostname,
            port: peer.port,
            method: request.method,
            path: request.path,
            // Bodies are texts here. Gzip is undone below; "identity" is not enough, since Tryton
            // calls some answers compressed whatever it was asked for (trytond/protocols/jsonrpc.py).
            headers: { ...withoutFraming(request.headers), "accept-encoding": "gzip" },
            agent,
          },
          (answer) => {
            const { "content-encoding": encoding, ...headers } = answer.headers;
            readBytes(answer)
              .then((bytes) => (encoding === "gzip" ? gunzipSync(bytes) : bytes).toString("utf8"))
              .then((body) => resolve({ status: answer.statusCode ?? 502, headers, body }), reject);
          },
        );
        sent.on("error", reject);
        sent.end(request.body);
      },
    );
  }

  const server = createServer((incoming, outgoing) => {
    running += 1;
    runningMax = Math.max(runningMax, running);
    outgoing.on("close", () => {
      running -= 1;
    });
    handle(incoming, outgoing).catch((error: unknown) => {
      if (!outgoing.headersSent) outgoing.writeHead(502);
      outgoing.end(String(error));
    });
  });
  // For the same reason none of the connector's idle connections is closed from here.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    concurrentMax: () => runningMax,
    strike(rule) {
      rules.push({ rule, left: rule.times ?? Number.POSITIVE_INFINITY });
    },
    calm() {
      rules = [];
      requests = [];
      runningMax = 0;
    },
    close() {
      agent.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function shownBody(body: string, fault: ProxyFault | null): string {
  if (fault?.kind === "truncated-json") return body.slice(0, Math.floor(body.length / 2));
  return fault?.kind === "rewrite" ? fault.rewrite(body) : body;
}

async function readText(stream: IncomingMessage): Promise<string> {
  return (await readBytes(stream)).toString("utf8");
}

async function readBytes(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Headers without those that describe the connection they came over. */
function withoutFraming(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || framing.has(name)) continue;
    kept[name] = value;
  }
  return kept;
}

const framing = new Set(["connection", "keep-alive", "transfer-encoding", "content-length"]);
