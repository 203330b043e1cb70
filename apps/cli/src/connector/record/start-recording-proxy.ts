import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Exchange } from "./write-fixture.ts";

export interface RecordingProxy {
  readonly url: string;
  close(): Promise<void>;
}

const requestMsMax = 120_000;

/** Not passed on: they belong to one connection. */
const ofTheConnection = new Set(["connection", "keep-alive", "transfer-encoding", "host"]);

/**
 * A server on this machine that passes every request on to `target` and tells of it. The answer goes
 * back as it came; redirects are not followed, so that the connector meets them itself.
 */
export async function startRecordingProxy(input: {
  readonly target: URL;
  readonly port: number;
  readonly onExchange: (exchange: Exchange) => void;
}): Promise<RecordingProxy> {
  const { target, port, onExchange } = input;

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const method = incoming.method ?? "GET";
    const path = incoming.url ?? "/";
    const requestHeaders = plainHeaders(Object.entries(incoming.headers));
    const sent = { ...requestHeaders };
    // fetch undoes the encoding, so the answer is passed on plain.
    delete sent["accept-encoding"];
    delete sent["content-length"];
    const answer = await fetch(new URL(path, target), {
      method,
      headers: sent,
      redirect: "manual",
      signal: AbortSignal.timeout(requestMsMax),
      ...(["GET", "HEAD"].includes(method) ? {} : { body }),
    });
    const answerBody = Buffer.from(await answer.arrayBuffer());
    const answerHeaders = plainHeaders([...answer.headers]);
    delete answerHeaders["content-encoding"];
    delete answerHeaders["content-length"];
    outgoing.writeHead(answer.status, answerHeaders).end(answerBody);
    onExchange({
      method,
      path,
      requestHeaders,
      requestBody: body.toString("utf8"),
      status: answer.status,
      answerHeaders,
      answerBody: answerBody.toString("utf8"),
    });
  }

  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch((error: unknown) => {
      if (!outgoing.headersSent) outgoing.writeHead(502, { "content-type": "text/plain" });
      const { cause } = error as { readonly cause?: unknown };
      outgoing.end(
        `The recording proxy could not reach ${target.origin}: ${String(cause ?? error)}\n`,
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function plainHeaders(
  entries: readonly (readonly [string, string | readonly string[] | undefined])[],
): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of entries) {
    if (value !== undefined && !ofTheConnection.has(name)) plain[name] = String(value);
  }
  return plain;
}
