import type { IncomingMessage, ServerResponse } from "node:http";
import { routes } from "@usher/api-contract";
import { tooLarge } from "../http/read-body.ts";
import { continueTrace } from "../http/trace-context.ts";
import type { CheckDoor } from "./check-door.ts";
import type { CheckHead, CheckReply } from "./check-reply.ts";

/**
 * Takes checks straight from Node's server, before any framework builds a Request and a Response
 * for them. True when the request was a check and is taken care of.
 */
export function createNodeCheckListener(
  door: CheckDoor,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    if (request.method !== "POST") return false;
    const { url } = request;
    const isOne = url === routes.check.path;
    if (!isOne && url !== routes.checkBatch.path) return false;
    const { headers } = request;
    const head: CheckHead = {
      kind: isOne ? "one" : "batch",
      authorization: headers.authorization,
      contentType: headers["content-type"],
      contentEncoding: headers["content-encoding"],
      version: headers["usher-version"] as string | undefined,
      traceparent: headers["traceparent"] as string | undefined,
    };
    readAndAnswer({
      request,
      response,
      head,
      door,
      bytesMax: isOne ? routes.check.body.bytesMax : routes.checkBatch.body.bytesMax,
    });
    return true;
  };
}

function readAndAnswer({
  request,
  response,
  head,
  door,
  bytesMax,
}: {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly head: CheckHead;
  readonly door: CheckDoor;
  readonly bytesMax: number;
}): void {
  let first: Buffer | undefined;
  let more: Buffer[] | undefined;
  let total = 0;
  let isDone = false;
  request.on("data", (chunk: Buffer) => {
    if (isDone) return;
    total += chunk.length;
    if (total > bytesMax) {
      isDone = true;
      request.pause();
      write({ response, head, reply: door.refuse(head, tooLarge(bytesMax)) });
      return;
    }
    if (first === undefined) first = chunk;
    else {
      more ??= [first];
      more.push(chunk);
    }
  });
  request.on("end", () => {
    if (isDone) return;
    isDone = true;
    const body = more === undefined ? (first ?? empty) : Buffer.concat(more, total);
    const reply = door.answer(head, body);
    if (reply instanceof Promise) {
      reply.then(
        (late) => write({ response, head, reply: late }),
        (error: unknown) => write({ response, head, reply: door.refuse(head, error) }),
      );
    } else write({ response, head, reply });
  });
  request.on("error", () => {
    isDone = true;
  });
}

const empty = Buffer.alloc(0);

function write({
  response,
  head,
  reply,
}: {
  readonly response: ServerResponse;
  readonly head: CheckHead;
  readonly reply: CheckReply;
}): void {
  const { body, release } = reply;
  const headers = [...reply.headers, "Content-Length", String(body.length)];
  if (head.traceparent !== undefined && reply.status === 200)
    headers.push("traceparent", continueTrace(head.traceparent).traceparent);
  // Closed comes after the last byte has left, or after the connection broke: nobody reads it any more.
  if (release !== null) response.once("close", release);
  response.writeHead(reply.status, headers);
  if (typeof body === "string") response.end(body, "latin1");
  else response.end(body);
}
