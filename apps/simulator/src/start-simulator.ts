import type { Server as HttpServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { createSimulator } from "./create-simulator.ts";
import { type RunningPubSub, startPubSubServer } from "./salesforce/pubsub/start-pubsub-server.ts";
import type { SimulatorOptions } from "./simulator-options.ts";
import type { SimulatorParts } from "./simulator-parts.ts";

export interface StartOptions extends SimulatorOptions {
  /** 0: a free one. */
  readonly port?: number;
  readonly host?: string;
  /** Salesforce's Pub/Sub API on a port of its own (0: a free one); without it there is none. */
  readonly pubSub?: {
    readonly port: number;
    readonly keepAliveMs?: number;
    readonly tls?: { readonly key: string; readonly cert: string };
  };
}

export interface RunningSimulator {
  /** `http://127.0.0.1:<port>`, no slash at the end; the vendors' urls are the same origin today. */
  readonly url: string;
  readonly port: number;
  readonly salesforce: { readonly url: string; readonly pubSub: RunningPubSub | null };
  readonly stripe: { readonly url: string };
  readonly hubspot: { readonly url: string };
  readonly netsuite: { readonly url: string };
  /** The origin that serves `/` (the page) and `/control/…`. */
  readonly control: { readonly url: string };
  /** For tests in the same process: the state behind the apps. */
  readonly parts: SimulatorParts;
  /** Cuts open connections and gives everything back. */
  stop(): Promise<void>;
}

const TICK_MS = 500;

/** Serves a simulator of its own; several can run in one process. Rejects when the port is taken. */
export async function startSimulator(options: StartOptions = {}): Promise<RunningSimulator> {
  const { port = 0, host = "127.0.0.1", pubSub: pubSubOptions, ...rest } = options;
  const simulator = createSimulator(rest);
  const server = createAdaptorServer({ fetch: simulator.app.fetch }) as HttpServer;
  // Longer than any client keeps an idle connection: else a call meets a socket that is just closing.
  server.keepAliveTimeout = 75_000;
  let pubSub: RunningPubSub | null = null;
  try {
    const { org, tokens } = simulator.parts;
    if (pubSubOptions !== undefined)
      pubSub = await startPubSubServer({ org, tokens, host, ...pubSubOptions });
    await listen(server, port, host);
  } catch (error) {
    pubSub?.stop();
    simulator.stop();
    throw error;
  }
  const ticking = setInterval(() => simulator.tick(), TICK_MS);
  const address = server.address() as AddressInfo;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
  simulator.parts.account.servePagesAt(url);
  return {
    url,
    port: address.port,
    salesforce: { url, pubSub },
    stripe: { url },
    hubspot: { url },
    netsuite: { url },
    control: { url },
    parts: simulator.parts,
    async stop() {
      clearInterval(ticking);
      pubSub?.stop();
      simulator.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
