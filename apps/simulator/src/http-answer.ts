import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";

/** What a vendor's operation answers, before it is put on the wire. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: no body (204). A string is sent as it is, anything else as JSON. */
  readonly body: unknown;
}

export type NodeEnv = { Bindings: HttpBindings };
export type NodeContext = Context<NodeEnv>;

export function toResponse({ status, headers, body }: HttpAnswer): Response {
  if (body === undefined || status === 204)
    return new Response(null, { status, headers: { ...headers } });
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = { "content-type": "application/json;charset=UTF-8" };
  return new Response(text, { status, headers: { ...type, ...headers } });
}

/** Resets the connection, so that the caller learns nothing. */
export function cutConnection(context: NodeContext): Response {
  const { incoming } = nodeSides(context);
  incoming.socket.resetAndDestroy();
  return RESPONSE_ALREADY_SENT;
}

/** Promises the whole body in Content-Length, sends half of it and resets the connection. */
export function cutBody(context: NodeContext, answer: HttpAnswer): Response {
  const { incoming, outgoing } = nodeSides(context);
  const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? null);
  const bytes = Buffer.from(text, "utf8");
  outgoing.writeHead(answer.status, {
    "content-type": "application/json",
    ...answer.headers,
    "content-length": bytes.length,
  });
  outgoing.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => incoming.socket.destroy());
  return RESPONSE_ALREADY_SENT;
}

function nodeSides(context: NodeContext) {
  const { incoming, outgoing } = context.env;
  if (!("socket" in incoming) || !("resetAndDestroy" in incoming.socket)) {
    throw new Error(
      "Connection faults need an HTTP/1.1 server: start the simulator with startSimulator().",
    );
  }
  return { incoming, outgoing };
}
