import { connect } from "node:net";
import { isErrorCode } from "@usher/entitlement-core/errors";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api } from "./create-api.ts";
import { type ServedApi, serveApi } from "./serve-api.ts";

let served: ServedApi;
beforeAll(async () => {
  const app = new Hono().get("/here", (context) => context.text("here"));
  const api: Pick<Api, "app" | "takeCheck"> = { app, takeCheck: () => false };
  served = await serveApi(api as Api, { host: "127.0.0.1", port: 0 });
});
afterAll(() => served.close());

/** Everything that comes back until the hub closes the connection. */
async function sendRaw(text: string): Promise<{ readonly status: number; readonly body: string }> {
  const { hostname, port } = new URL(served.url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(text);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  expect(head).toMatch(/^content-type: application\/problem\+json$/im);
  return { status: Number(head.split(" ")[1]), body };
}

describe("what is no request yet", () => {
  it.each([
    ["no HTTP at all", "GARBAGE\r\n\r\n", 400, "invalid_request"],
    [
      "a length and chunks at once",
      "POST /here HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      400,
      "invalid_request",
    ],
    [
      "a head beyond its bound",
      `GET /here HTTP/1.1\r\nHost: x\r\nX-A: ${"a".repeat(20_000)}\r\n\r\n`,
      431,
      "headers_too_large",
    ],
  ])("is refused by problem+json: %s", async (_, text, status, code) => {
    const { status: got, body } = await sendRaw(text);
    expect(got).toBe(status);
    expect(JSON.parse(body)).toMatchObject({ status, code, type: `/docs/errors/${code}` });
    expect(isErrorCode(code)).toBe(true);
  });

  it("may expect what nobody understands, and is answered all the same", async () => {
    const { hostname, port } = new URL(served.url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.write("GET /here HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\nConnection: close\r\n\r\n");
    let answer = "";
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });
});
