import { Client } from "@hubspot/api-client";
import { aCallContext, outcomeOf } from "@usher/connector-sdk/testing";
import { describe, expect, it, vi } from "vitest";
import { createHubSpotConnector } from "./hubspot-connector.ts";

type Answer = () => Response;

const json = (status: number, body: unknown): Answer => {
  const text = JSON.stringify(body);
  return () =>
    new Response(text, { status, headers: { "content-type": "application/json;charset=utf-8" } });
};

function connectTo(
  answer: Answer,
  clock: { nowMs: number } = { nowMs: Date.now() },
  wait: () => Promise<void> = () => Promise.resolve(),
) {
  const requests: Request[] = [];
  const { crm } = createHubSpotConnector().connect(
    {
      connectionId: "con_client",
      config: {
        authKind: "access_token",
        accessToken: "pat-canary",
        searchesPerSecondMax: null,
      },
    },
    {
      fetch: async (input, init) => {
        requests.push(new Request(input, init));
        const aborted = new Promise<never>((_, reject) => {
          const abort = () => reject(new Error("aborted", { cause: init?.signal?.reason }));
          init?.signal?.addEventListener("abort", abort);
        });
        await Promise.race([wait(), aborted]);
        return answer();
      },
      now: () => clock.nowMs,
    },
  );
  if (crm === null) throw new Error("HubSpot is a CRM");
  const context = () => aCallContext({ now: () => clock.nowMs });
  return {
    requests,
    clock,
    context,
    crm,
    read: () => outcomeOf(crm.readDeals({ dealIds: ["101"] }, context())),
    search: () => outcomeOf(crm.readChanges({ checkpoint: null }, context())),
  };
}

const rateLimit = (policyName: string) =>
  json(429, { status: "error", message: "limit", errorType: "RATE_LIMIT", policyName });

describe("the SDK's own habits", () => {
  it("a client of somebody else with retries on changes nothing here", async () => {
    const { read, requests } = connectTo(json(500, { status: "error", message: "oops" }));
    const somebodyElse = new Client({
      accessToken: "theirs",
      numberOfApiCallRetries: 6,
      limiterOptions: { minTime: 5_000, maxConcurrent: 1 },
    });
    const startMs = performance.now();
    const outcomes = await Promise.all([read(), read()]);
    expect(outcomes.map(({ category }) => category)).toEqual(["transient", "transient"]);
    expect(requests).toHaveLength(2);
    expect(performance.now() - startMs).toBeLessThan(2_000);
    expect(somebodyElse.config.numberOfApiCallRetries).toBe(6);
  });

  it("no request time-out: here a peer that hangs is left at the call's deadline", async () => {
    const { context, crm } = connectTo(
      json(200, {}),
      undefined,
      () => new Promise(() => undefined),
    );
    const startMs = performance.now();
    const outcome = await outcomeOf(
      crm.readDeals({ dealIds: ["101"] }, { ...context(), deadline: Date.now() + 200 }),
    );
    expect(outcome.category).toBe("transient");
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });

  it("a page of HTML with status 502 is transient, with one request", async () => {
    const page = () =>
      new Response("<html>Bad gateway</html>", {
        status: 502,
        headers: { "content-type": "text/html" },
      });
    const { read, requests } = connectTo(page);
    expect((await read()).category).toBe("transient");
    expect(requests).toHaveLength(1);
  });

  it("a page of HTML with status 200 is no answer", async () => {
    const page = () =>
      new Response("<html>Please log in</html>", {
        status: 200,
        headers: { "content-type": "text/html" },
      });
    expect((await connectTo(page).read()).category).toBe("transient");
  });

  it("nothing is written to the console", async () => {
    const methods = ["log", "info", "warn", "error", "debug"] as const;
    const spies = methods.map((name) => vi.spyOn(console, name).mockImplementation(() => {}));
    try {
      for (const answer of [
        json(200, { results: [{ id: 1 }] }),
        json(400, { status: "error", category: "VALIDATION_ERROR" }),
        json(500, {}),
        rateLimit("DAILY"),
        json(200, { status: "COMPLETE", results: [], startedAt: "?", completedAt: "?" }),
        () => new Response("{", { status: 200 }),
      ]) {
        const { read, search } = connectTo(answer);
        await read();
        await search();
      }
      expect(spies.flatMap((spy) => spy.mock.calls)).toEqual([]);
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  });
});

describe("HubSpot's limits", () => {
  it("after a SECONDLY refusal searches wait for a second, and other calls do not", async () => {
    let answer = rateLimit("SECONDLY");
    const { search, read, requests, clock } = connectTo(() => answer());
    expect(await search()).toMatchObject({ category: "rate_limited", retryAfterMs: 1_000 });
    answer = json(200, { status: "COMPLETE", results: [], errors: [] });
    expect(await search()).toMatchObject({ category: "rate_limited" });
    expect(requests).toHaveLength(1);
    await read();
    expect(requests).toHaveLength(2);
    clock.nowMs += 1_000;
    expect((await search()).category).toBe("ok");
    expect(requests).toHaveLength(3);
  });

  it.each([
    ["TEN_SECONDLY_ROLLING", "rate_limited", 10_000],
    ["DAILY", "quota_exhausted", 900_000],
  ])("after a %s refusal nothing is sent until it is over", async (policy, category, waitMs) => {
    let answer = rateLimit(policy);
    const { search, read, requests, clock } = connectTo(() => answer());
    expect(await read()).toMatchObject({ category, retryAfterMs: waitMs, vendorCode: policy });
    answer = json(200, { status: "COMPLETE", results: [], errors: [] });
    clock.nowMs += waitMs - 1;
    expect(await read()).toMatchObject({ category });
    expect(await search()).toMatchObject({ category });
    expect(requests).toHaveLength(1);
    clock.nowMs += 1;
    expect((await search()).category).toBe("ok");
  });

  it("a Retry-After is believed over the policy's own time", async () => {
    const limited = () =>
      new Response(JSON.stringify({ errorType: "RATE_LIMIT", policyName: "SECONDLY" }), {
        status: 429,
        headers: { "retry-after": "7" },
      });
    expect(await connectTo(limited).search()).toMatchObject({ retryAfterMs: 7_000 });
  });
});

describe("HubSpot's tokens", () => {
  function connectWithOAuth(categories: readonly (string | null)[], expiresIn = 1_800) {
    const left = [...categories];
    const asked: string[] = [];
    const clock = { nowMs: Date.now() };
    let tokens = 0;
    const { crm } = createHubSpotConnector().connect(
      {
        connectionId: "con_oauth",
        config: {
          authKind: "refresh_token",
          clientId: "id",
          clientSecret: "secret",
          refreshToken: "refresh",
        },
      },
      {
        fetch: (input, init) => {
          const { pathname } = new URL(new Request(input, init).url);
          asked.push(pathname.endsWith("/token") ? "token" : "call");
          if (pathname.endsWith("/token")) {
            tokens += 1;
            const body = { access_token: `token-${tokens}`, expires_in: expiresIn };
            return Promise.resolve(json(200, body)());
          }
          const category = left.shift() ?? null;
          const answer =
            category === null
              ? json(200, { status: "COMPLETE", results: [], errors: [] })
              : json(401, { status: "error", message: "no", category });
          return Promise.resolve(answer());
        },
        now: () => clock.nowMs,
      },
    );
    return {
      asked,
      clock,
      read: () =>
        outcomeOf(
          crm?.readDeals({ dealIds: ["101"] }, aCallContext({ now: () => clock.nowMs })) ??
            Promise.resolve(),
        ),
    };
  }

  it("INVALID_AUTHENTICATION costs no refresh", async () => {
    const { asked, read } = connectWithOAuth(["INVALID_AUTHENTICATION"]);
    expect((await read()).category).toBe("auth_invalid");
    expect(asked).toEqual(["token", "call"]);
  });

  it("EXPIRED_AUTHENTICATION costs one, and is the end when it comes again", async () => {
    const { asked, read } = connectWithOAuth(["EXPIRED_AUTHENTICATION", "EXPIRED_AUTHENTICATION"]);
    expect((await read()).category).toBe("auth_invalid");
    expect(asked).toEqual(["token", "call", "token", "call"]);
  });

  it("a token is renewed before it ends, by the clock and not by a 401", async () => {
    const { asked, clock, read } = connectWithOAuth([], 1_800);
    await read();
    clock.nowMs += 1_739_000;
    await read();
    clock.nowMs += 2_000;
    await read();
    expect(asked).toEqual(["token", "call", "call", "token", "call"]);
  });
});
