import { routes } from "@usher/api-contract";
import type { Context } from "hono";
import type { CheckDoor } from "../../check/check-door.ts";
import type { CheckHead } from "../../check/check-reply.ts";
import { readBody } from "../../http/read-body.ts";

/** Checks for everyone who comes through Hono: tests, and servers other than Node's. The door is the same. */
export function checkOverHono(
  door: CheckDoor,
  kind: CheckHead["kind"],
): (context: Context) => Promise<Response> {
  const { bytesMax } = kind === "one" ? routes.check.body : routes.checkBatch.body;
  return async (context) => {
    const head: CheckHead = {
      kind,
      authorization: context.req.header("authorization"),
      contentType: context.req.header("content-type"),
      contentEncoding: context.req.header("content-encoding"),
      version: context.req.header("usher-version"),
      traceparent: context.req.header("traceparent"),
    };
    const reply = await readBody({ request: context.req.raw, bytesMax }).then(
      (body) => door.answer(head, body),
      (error: unknown) => door.refuse(head, error),
    );
    const headers = new Headers();
    for (let at = 0; at < reply.headers.length; at += 2)
      headers.set(reply.headers[at] ?? "", reply.headers[at + 1] ?? "");
    if (head.traceparent !== undefined && reply.status === 200)
      headers.set("traceparent", head.traceparent);
    const { body } = reply;
    const bytes = typeof body === "string" ? Buffer.from(body, "latin1") : body;
    return new Response(bytes as Uint8Array<ArrayBuffer>, { status: reply.status, headers });
  };
}
