import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type ConnectorErrorCategory, isConnectorError } from "../spec/connector-error.ts";
import { createHttpClient, type HttpLimits } from "./http-client.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function aPeer(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function aClient(origin: string, limits: Partial<HttpLimits> = {}, now: () => number = Date.now) {
  return createHttpClient({
    allowed: { origins: [origin], patterns: [] },
    limits: { concurrentCallsMax: 4, timeoutMsMax: 5_000, answerBytesMax: 10_000, ...limits },
    fetch,
    now,
  });
}

function aContext(change: { deadline?: number; signal?: AbortSignal } = {}) {
  return {
    deadline: Date.now() + 10_000,
    signal: new AbortController().signal,
    log: () => {},
    ...change,
  };
}

async function categoryOf(promise: Promise<unknown>): Promise<ConnectorErrorCategory | "no error"> {
  try {
    await promise;
    return "no error";
  } catch (error) {
    if (isConnectorError(error)) return error.detail.category;
    throw error;
  }
}

describe("createHttpClient", () => {
  it("gives up on a hung peer in time: a read is transient, a write of unknown outcome", async () => {
    const origin = await aPeer(() => {});
    const client = aClient(origin, { timeoutMsMax: 50 });
    const get = client.send({ method: "GET", url: `${origin}/`, headers: {} }, aContext());
    const post = client.send(
      { method: "POST", url: `${origin}/`, headers: {}, body: "x" },
      aContext(),
    );
    expect(await categoryOf(get)).toBe("transient");
    expect(await categoryOf(post)).toBe("outcome_unknown");
  });

  it("gives up on a body that stops half-way", async () => {
    const origin = await aPeer((_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half");
    });
    const client = aClient(origin, { timeoutMsMax: 50 });
    expect(
      await categoryOf(client.send({ method: "GET", url: `${origin}/`, headers: {} }, aContext())),
    ).toBe("transient");
  });

  it("keeps to a deadline nearer than its own limit, and sends nothing after it", async () => {
    let requests = 0;
    const origin = await aPeer(() => {
      requests += 1;
    });
    const client = aClient(origin);
    const late = client.send(
      { method: "GET", url: `${origin}/`, headers: {} },
      aContext({ deadline: Date.now() - 1 }),
    );
    expect(await categoryOf(late)).toBe("transient");
    expect(requests).toBe(0);
    const startedMs = Date.now();
    const near = client.send(
      { method: "GET", url: `${origin}/`, headers: {} },
      aContext({ deadline: startedMs + 60 }),
    );
    expect(await categoryOf(near)).toBe("transient");
    expect(Date.now() - startedMs).toBeLessThan(2_000);
  });

  it("drops the socket when the caller aborts", async () => {
    let onDropped = () => {};
    const dropped = new Promise<void>((resolve) => {
      onDropped = resolve;
    });
    const stop = new AbortController();
    const origin = await aPeer((request) => {
      request.socket.on("close", () => onDropped());
      stop.abort();
    });
    const sent = aClient(origin).send(
      { method: "GET", url: `${origin}/`, headers: {} },
      aContext({ signal: stop.signal }),
    );
    expect(await categoryOf(sent)).toBe("transient");
    await dropped;
  });

  it("takes the answer to a write on its way, though the caller gave up meanwhile, and sends no other", async () => {
    const stop = new AbortController();
    let requests = 0;
    const origin = await aPeer((_request, response) => {
      requests += 1;
      stop.abort();
      setTimeout(() => response.end("made"), 50);
    });
    const client = aClient(origin);
    const write = { method: "POST", url: `${origin}/`, headers: {}, body: "x" };
    const context = aContext({ signal: stop.signal });
    expect(await client.send(write, context)).toMatchObject({ status: 200, text: "made" });
    expect(await categoryOf(client.send(write, context))).toBe("transient");
    expect(requests).toBe(1);
  });

  it("waits for no write longer than a stop may take", async () => {
    const stop = new AbortController();
    const origin = await aPeer(() => stop.abort());
    const startedMs = Date.now();
    const sent = aClient(origin, { timeoutMsMax: 60_000 }).send(
      { method: "POST", url: `${origin}/`, headers: {}, body: "x" },
      aContext({ signal: stop.signal, deadline: startedMs + 60_000 }),
    );
    expect(await categoryOf(sent)).toBe("outcome_unknown");
    expect(Date.now() - startedMs).toBeLessThan(5_000);
  }, 10_000);

  it("says transient, also for a write, when nothing was sent at all", async () => {
    const origin = await aPeer(() => {});
    for (const close of closers.splice(0)) close();
    expect(
      await categoryOf(
        aClient(origin).send({ method: "POST", url: origin, headers: {}, body: "x" }, aContext()),
      ),
    ).toBe("transient");
  });

  it("says outcome_unknown when the connection of a write is cut", async () => {
    const origin = await aPeer((request) => request.socket.destroy());
    expect(
      await categoryOf(
        aClient(origin).send({ method: "POST", url: origin, headers: {}, body: "x" }, aContext()),
      ),
    ).toBe("outcome_unknown");
  });

  it("stops reading a body at the cap, announced or not", async () => {
    const origin = await aPeer((request, response) => {
      if (request.url === "/announced") response.setHeader("content-length", "20000");
      response.end("x".repeat(20_000));
    });
    const client = aClient(origin);
    for (const path of ["/announced", "/chunked"]) {
      expect(
        await categoryOf(
          client.send({ method: "GET", url: origin + path, headers: {} }, aContext()),
        ),
      ).toBe("schema_drift");
    }
  });

  it("does not follow a redirect to a foreign host", async () => {
    let reached = false;
    const foreign = await aPeer((_, response) => {
      reached = true;
      response.end("stolen");
    });
    const origin = await aPeer((_, response) => {
      response.writeHead(302, { location: `${foreign}/steal` }).end();
    });
    const sent = aClient(origin).send(
      { method: "GET", url: origin, headers: { authorization: "Bearer x" } },
      aContext(),
    );
    expect(await categoryOf(sent)).toBe("config");
    expect(reached).toBe(false);
  });

  it("follows a redirect on its own host, but not in circles", async () => {
    const origin = await aPeer((request, response) => {
      if (request.url === "/old") response.writeHead(301, { location: "/new" }).end();
      else if (request.url === "/circle") response.writeHead(302, { location: "/circle" }).end();
      else response.end("here");
    });
    const client = aClient(origin);
    const answer = await client.send(
      { method: "GET", url: `${origin}/old`, headers: {} },
      aContext(),
    );
    expect(answer.text).toBe("here");
    expect(
      await categoryOf(
        client.send({ method: "GET", url: `${origin}/circle`, headers: {} }, aContext()),
      ),
    ).toBe("config");
  });

  it("sends nothing to a host that is not allowed", async () => {
    let requests = 0;
    const foreign = await aPeer((_, response) => {
      requests += 1;
      response.end();
    });
    expect(
      await categoryOf(
        aClient("http://127.0.0.1:9").send(
          { method: "GET", url: foreign, headers: {} },
          aContext(),
        ),
      ),
    ).toBe("config");
    expect(requests).toBe(0);
  });

  it("stays silent for as long as Retry-After asked, then speaks again", async () => {
    let requests = 0;
    const origin = await aPeer((_, response) => {
      requests += 1;
      response.writeHead(requests === 1 ? 429 : 200, { "retry-after": "7" }).end();
    });
    let nowMs = 1_000_000;
    const client = aClient(origin, {}, () => nowMs);
    const send = () =>
      client.send(
        { method: "GET", url: origin, headers: {} },
        { ...aContext(), deadline: nowMs + 5_000 },
      );
    expect((await send()).retryAfterMs).toBe(7_000);
    nowMs += 6_999;
    expect(await categoryOf(send())).toBe("rate_limited");
    expect(requests).toBe(1);
    nowMs += 1;
    expect((await send()).status).toBe(200);
  });

  it("logs neither query nor headers nor body", async () => {
    const origin = await aPeer((_, response) => response.end("body-canary"));
    const logged: string[] = [];
    await aClient(origin).send(
      {
        method: "POST",
        url: `${origin}/path?q=query-canary`,
        headers: { authorization: "header-canary" },
        body: "sent-canary",
      },
      { ...aContext(), log: (entry) => logged.push(JSON.stringify(entry)) },
    );
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain("/path");
    expect(logged[0]).not.toContain("canary");
  });
});
