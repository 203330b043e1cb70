import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A request to a fake peer, read to its end. */
export interface PeerCall {
  readonly method: string;
  readonly path: string;
  /** Of the route's pattern: `/v1/bills/:id` gives `id`, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, the fields of a form, or null. */
  readonly body: unknown;
}

export interface PeerAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** By method and pattern: `"GET /v1/deals"`, `"POST /v1/bills/:id/void"`. */
export type PeerRoutes = Readonly<Record<string, (call: PeerCall) => PeerAnswer>>;

/** A stand-in of a vendor, stateful and over real HTTP. Loopback only. */
export interface Peer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves `routes`; `before` may answer first, such as to refuse credentials. An unknown route is a 404. */
export async function startPeer(input: {
  readonly routes: PeerRoutes;
  readonly before?: (call: PeerCall) => PeerAnswer | null;
}): Promise<Peer> {
  const routes = Object.entries(input.routes).map(([route, answer]) => {
    const [method = "", pattern = ""] = route.split(" ");
    return { method, parts: pattern.split("/"), answer };
  });

  function answerTo(call: Omit<PeerCall, "params">): PeerAnswer {
    const early = input.before?.({ ...call, params: {} }) ?? null;
    if (early !== null) return early;
    const parts = call.path.split("/");
    for (const route of routes) {
      if (route.method !== call.method) continue;
      const params = matchParts(route.parts, parts);
      if (params !== null) return route.answer({ ...call, params });
    }
    return { status: 404, body: { code: "no_such_route", message: `${call.method} ${call.path}` } };
  }

  const server = createServer((incoming, outgoing) => {
    readCall(incoming)
      .then(answerTo)
      .catch((error: unknown) => ({ status: 500, headers: {}, body: { code: String(error) } }))
      .then(({ status = 200, headers = {}, body }: PeerAnswer) => {
        outgoing
          .writeHead(status, { "content-type": "application/json", ...headers })
          .end(JSON.stringify(body));
      })
      .catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function readCall(incoming: IncomingMessage): Promise<Omit<PeerCall, "params">> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? "/", "http://peer");
  const text = Buffer.concat(chunks).toString("utf8");
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
  );
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
  return {
    method: incoming.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: isForm ? Object.fromEntries(new URLSearchParams(text)) : parseJson(text),
  };
}

function parseJson(text: string): unknown {
  return text === "" ? null : JSON.parse(text);
}

function matchParts(
  pattern: readonly string[],
  parts: readonly string[],
): Readonly<Record<string, string>> | null {
  if (pattern.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const part = parts[index] ?? "";
    if (expected.startsWith(":")) params[expected.slice(1)] = decodeURIComponent(part);
    else if (expected !== part) return null;
  }
  return params;
}
