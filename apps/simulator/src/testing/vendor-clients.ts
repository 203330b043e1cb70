import { generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Connection } from "jsforce/lib/connection.js";
import { Stripe } from "stripe";
import { DEFAULT_CREDENTIALS, type RunningSimulator } from "../index.ts";

/** The vendor's own client, logged in by client credentials. */
export async function connectJsforce(simulator: RunningSimulator): Promise<Connection> {
  const connection = new Connection({
    instanceUrl: simulator.salesforce.url,
    version: "67.0",
    oauth2: {
      loginUrl: simulator.salesforce.url,
      clientId: DEFAULT_CREDENTIALS.salesforceClientId,
      clientSecret: DEFAULT_CREDENTIALS.salesforceClientSecret,
    },
  });
  await connection.authorize({ grant_type: "client_credentials" });
  return connection;
}

/** The vendor's own client; its retries are off, so that one call is one request. */
export function connectStripe(
  simulator: RunningSimulator,
  key: string = DEFAULT_CREDENTIALS.stripeSecretKey,
): Stripe {
  return new Stripe(key, {
    host: "127.0.0.1",
    port: simulator.port,
    protocol: "http",
    maxNetworkRetries: 0,
  });
}

/** JSON to and from a control route; throws on anything but 2xx. */
export async function control<T = Record<string, unknown>>(
  simulator: RunningSimulator,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${simulator.control.url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

export interface Received {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly received: Received[];
  /** Statuses answered next; then 200. */
  readonly answers: number[];
  stop(): Promise<void>;
}

/** Takes notifications as a hub would, and keeps their raw bodies. */
export async function startReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      received.push({ body, headers: request.headers as Record<string, string> });
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/inbound`,
    received,
    answers,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Resolves once `holds` does; rejects after five seconds with what it was waiting for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (Date.now() < deadline) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`Waited five seconds for: ${what}`);
}

/** A key pair and a function that makes JWT bearer assertions with it. */
export function createAssertions(): {
  readonly publicKey: string;
  assert(claims: Record<string, unknown>): string;
} {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return {
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    assert(claims) {
      const text = `${part({ alg: "RS256" })}.${part(claims)}`;
      return `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
    },
  };
}
