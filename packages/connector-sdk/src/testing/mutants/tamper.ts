import type {
  ConnectedSystem,
  ConnectorDependencies,
  ConnectorErrorDetail,
} from "../../spec/index.ts";
import { ConnectorError, isConnectorError } from "../../spec/index.ts";

export interface SentRequest {
  readonly method: string;
  readonly url: URL;
  readonly init: RequestInit;
  /** The JSON body; empty where there is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

type Send = (change?: { readonly url?: URL; readonly init?: RequestInit }) => Promise<Response>;

/** Puts a fault between the connector and the wire. `make` is called once a connection. */
export function tamperWire(
  make: () => (request: SentRequest, send: Send) => Promise<Response>,
): (given: ConnectorDependencies) => ConnectorDependencies {
  return (given) => {
    const tamper = make();
    return {
      ...given,
      fetch: (input, init = {}) => {
        const url = new URL(String(input instanceof Request ? input.url : input));
        const text = typeof init.body === "string" && init.body.startsWith("{") ? init.body : "{}";
        const body = JSON.parse(text) as Record<string, unknown>;
        const send: Send = (change = {}) =>
          given.fetch((change.url ?? url).href, change.init ?? init);
        return tamper({ method: init.method ?? "GET", url, init, body }, send);
      },
    };
  };
}

/** Puts a fault around a port's methods. */
export function tamperPort<Name extends "crm" | "billing" | "erp" | "webhooks" | "subscriptions">(
  name: Name,
  change: (port: NonNullable<ConnectedSystem[Name]>) => Partial<NonNullable<ConnectedSystem[Name]>>,
): (system: ConnectedSystem) => ConnectedSystem {
  return (system) => {
    const port = system[name] as NonNullable<ConnectedSystem[Name]>;
    return { ...system, [name]: { ...port, ...change(port) } };
  };
}

/** The answer with another body or status. */
export async function changed(
  response: Response,
  change: { readonly status?: number; readonly body?: (body: string) => string },
): Promise<Response> {
  const text = await response.text();
  const status = change.status ?? response.status;
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  headers.delete("content-encoding");
  return new Response(change.body?.(text) ?? text, { status, headers });
}

/** The same failure with something else in its detail. */
export async function failingOtherwise<T>(
  work: Promise<T>,
  change: (detail: ConnectorErrorDetail) => ConnectorErrorDetail,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    throw new ConnectorError(change(error.detail), { cause: error });
  }
}
