import type { StoredTokens, TokenStore } from "../../spec/token-store.ts";
import type { ConformanceBench, ConnectInput, WarmConnection } from "../conformance-bench.ts";
import type { ConformanceCheck } from "../conformance-check.ts";
import { must } from "../conformance-fault.ts";
import type { ProxiedRequest } from "../fault-proxy.ts";
import { expectCategory, expectOk } from "./expect-outcome.ts";

const chapter = "Auth";

interface TokensUnderCheck extends WarmConnection {
  isTokenRequest(request: ProxiedRequest): boolean;
  tokenRequests(): readonly ProxiedRequest[];
  apiRequests(): readonly ProxiedRequest[];
  /** From now on the peer refuses the token the warm connection has, and every other one is good. */
  expireToken(): Promise<void>;
}

async function warmTokens(
  bench: ConformanceBench,
  input: ConnectInput = {},
): Promise<TokensUnderCheck> {
  const warm = await bench.warm(input);
  const { harness, proxy, system, context } = warm;
  const isTokenRequest = (request: ProxiedRequest) =>
    harness.tokens?.isTokenRequest(request) ?? request.path.includes("/token");
  return {
    ...warm,
    isTokenRequest,
    tokenRequests: () => proxy.requests.filter(isTokenRequest),
    apiRequests: () => proxy.requests.filter((request) => !isTokenRequest(request)),
    async expireToken() {
      await harness.read(system, context());
      const expired = proxy.requests.at(-1)?.headers.authorization;
      proxy.calm();
      proxy.strike({
        when: (request) => !isTokenRequest(request) && request.headers.authorization === expired,
        fault: { kind: "answer", ...harness.unauthorized },
      });
    },
  };
}

export const expiredTokenIsRefreshedOnce: ConformanceCheck = {
  id: 8,
  chapter,
  title: "An expired token costs one refresh and one replay of the request",
  needs: ["tokens"],
  why: "A token expires in the middle of a batch. Giving up loses the batch; replaying twice doubles it.",
  fix: "On the vendor's answer for an expired token ask for one, then send the same request once more.",
  async run(bench) {
    const { harness, system, context, expireToken, tokenRequests, apiRequests } =
      await warmTokens(bench);
    await expireToken();
    await expectOk("A read with an expired token", harness.read(system, context()));
    for (const [what, requests, expected] of [
      ["token requests", tokenRequests(), 1],
      ["API requests", apiRequests(), 2],
    ] as const) {
      must(requests.length === expected, {
        says: `A read with an expired token takes ${expected} ${what}.`,
        path: "requests",
        expected,
        received: requests.map(({ method, path }) => `${method} ${path}`),
      });
    }
  },
};

export const persistent401Ends: ConformanceCheck = {
  id: 9,
  chapter,
  title: "A persistent 401 ends after one refresh: at most 3 requests, auth_invalid",
  needs: [],
  why: "jsforce repeats it forever: 419 requests in 3 s (jsforce #196). A vendor locks the account.",
  fix: "Refresh once a call, then say `auth_invalid`.",
  async run(bench) {
    const { harness, proxy, system, context, isTokenRequest } = await warmTokens(bench);
    proxy.strike({
      when: (request) => !isTokenRequest(request),
      fault: { kind: "answer", ...harness.unauthorized },
    });
    const reading = harness.read(system, context());
    await expectCategory("A read whose credentials are refused again", reading, "auth_invalid");
    must(proxy.requests.length <= 3, {
      says: "Refused credentials are worth at most three requests: the call, a refresh, the call again.",
      path: "requests",
      expected: 3,
      received: proxy.requests.length,
    });
  },
};

const parallelCalls = 20;

export const refreshIsSingleFlight: ConformanceCheck = {
  id: 10,
  chapter,
  title: "20 parallel calls with an expired token cost one token request",
  needs: ["tokens"],
  why: "Vendors limit and count token requests, and with rotating tokens the losers' are dead (nango #1005).",
  fix: "Keep the running refresh as a promise of the connection; who comes later waits for it.",
  async run(bench) {
    const { harness, system, context, expireToken, tokenRequests } = await warmTokens(bench);
    await expireToken();
    await Promise.all(
      Array.from({ length: parallelCalls }, () =>
        expectOk("A parallel read with an expired token", harness.read(system, context())),
      ),
    );
    must(tokenRequests().length === 1, {
      says: `${parallelCalls} parallel reads with an expired token share one refresh.`,
      path: "requests",
      expected: 1,
      received: tokenRequests().length,
    });
  },
};

export const rotatedTokenIsStoredFirst: ConformanceCheck = {
  id: 11,
  chapter,
  title:
    "A rotated refresh token is stored before it is used, and the loser of two processes recovers",
  needs: ["rotating tokens"],
  why: "A refresh token works once. Two processes spend it twice, or a crash loses the new one, and a person has to connect again (vm0 #15382, xagent #1454).",
  fix: "Refresh inside `tokens.exchange`; when what it gives you is newer than what you hold, use that instead of refreshing.",
  async run(bench) {
    const store = createLockedTokenStore();
    const warm = await warmTokens(bench, { tokens: store });
    const { harness, system, context, connect, proxy, isTokenRequest } = warm;
    const other = connect();
    await expectOk("A read of the second process", harness.read(other, context()));
    const before = await store.read();
    must(before !== null, {
      says: "The first tokens were not stored: the next process would begin with a spent refresh token.",
      path: "dependencies.tokens",
    });
    await warm.expireToken();
    const usedUnstored: string[] = [];
    proxy.strike({
      when: (request) => {
        const used = request.headers.authorization ?? "";
        if (!isTokenRequest(request) && !used.includes(store.current()?.accessToken ?? "?")) {
          usedUnstored.push(request.path);
        }
        return false;
      },
      fault: { kind: "hang" },
    });
    await Promise.all(
      [system, other].map((one) =>
        expectOk(
          "A read of one of two processes with an expired token",
          harness.read(one, context()),
        ),
      ),
    );
    must(store.current()?.refreshToken !== before.refreshToken, {
      says: "The refresh gave a new refresh token, and the old one is still stored.",
      path: "dependencies.tokens",
    });
    must(usedUnstored.length === 0, {
      says: "A new access token was used before its refresh token was stored: a crash in between loses the connection.",
      path: "dependencies.tokens",
      received: usedUnstored,
    });
  },
};

/** A token store as the hub has it: one row, one lock. */
function createLockedTokenStore(): TokenStore & { current(): StoredTokens | null } {
  let stored: StoredTokens | null = null;
  let last: Promise<unknown> = Promise.resolve();
  return {
    current: () => stored,
    read: () => Promise.resolve(stored),
    exchange(renew) {
      const turn = last.then(async () => {
        const renewed = await renew(stored);
        stored = renewed;
        return renewed;
      });
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

export const sickTokenServerIsTransient: ConformanceCheck = {
  id: 12,
  chapter,
  title: "A refresh that fails with 5xx is transient, not a disconnect",
  needs: ["tokens"],
  why: "A login server that is down for a minute must not make every customer connect again.",
  fix: "`auth_invalid` only when the token endpoint says so; 5xx and 429 keep their own meaning.",
  async run(bench) {
    for (const status of [500, 503]) {
      const { harness, proxy, system, context, expireToken, isTokenRequest } =
        await warmTokens(bench);
      await expireToken();
      proxy.strike({ when: isTokenRequest, fault: { kind: "answer", status, body: "" } });
      const reading = harness.read(system, context());
      await expectCategory(`A refresh that is answered ${status}`, reading, "transient");
      proxy.calm();
      await expectOk(
        "The next read, the login server being well again",
        harness.read(system, context()),
      );
    }
  },
};
