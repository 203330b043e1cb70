import { createServer, type IncomingMessage, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Api } from "./create-api.ts";
import { refuseOnSocket } from "./http/refuse-on-socket.ts";
import { stopReadingAfterAnswer } from "./http/stop-reading.ts";

export interface ServeOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
}

export interface ServedApi {
  readonly url: string;
  /** Takes no new connections, lets running requests end (or ends them after `graceMs`), then resolves. */
  close(input?: { readonly graceMs?: number }): Promise<void>;
}

/** The API on a Node server: checks go straight to their door, everything else to Hono. */
export async function serveApi(api: Api, { host, port }: ServeOptions): Promise<ServedApi> {
  const listener = getRequestListener(api.app.fetch, {
    overrideGlobalObjects: false,
    // It would read a refused body to its end; `stopReadingAfterAnswer` holds the sender back.
    autoCleanupIncoming: false,
  });
  const server = createServer(
    {
      // Slow senders are cut off: headers within 10 s, the whole request within 30 s.
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16_384,
    },
    (request, response) => {
      if (hasBody(request)) stopReadingAfterAnswer(request, response);
      if (!api.takeCheck(request, response)) void listener(request, response);
    },
  );
  server.on("clientError", refuseOnSocket);
  // An expectation that is not understood may be ignored (RFC 9110 §10.1.1); Node answers a bare 417.
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    url: urlOf(server, host),
    close: ({ graceMs = 10_000 } = {}) => closeServer(server, graceMs),
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return (
    headers["transfer-encoding"] !== undefined ||
    Number(headers["content-length"] ?? 0) > smallBodyBytes
  );
}

/** What fits into one or two packets has arrived before any answer: not worth a listener. */
const smallBodyBytes = 65_536;

function urlOf(server: Server, host: string): string {
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("The server listens on no port.");
  return `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
