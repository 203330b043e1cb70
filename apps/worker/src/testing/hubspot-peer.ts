import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** The least of HubSpot that tokens and limits need: a token endpoint whose refresh tokens work once, and reads. */
export interface HubSpotPeer {
  readonly url: string;
  /** A refresh token that works once. */
  consent(): string;
  /** Every token request so far, by the refresh token it spent. */
  readonly spent: readonly string[];
  /** Access tokens of the reads so far, in order. */
  readonly reads: readonly string[];
  /** Refresh tokens that would still work. */
  readonly consents: ReadonlySet<string>;
  /** No access token given so far is accepted any longer. */
  expireAll(): void;
  /** Reads with this access token are answered so from now on, or held until `release`. */
  answer(accessToken: string, what: "rate_limited" | "held"): void;
  readonly held: number;
  release(): void;
  stop(): Promise<void>;
}

export async function startHubSpotPeer(): Promise<HubSpotPeer> {
  const consents = new Set<string>();
  const tokens = new Set<string>();
  const spent: string[] = [];
  const reads: string[] = [];
  const answers = new Map<string, "rate_limited" | "held">();
  const waiting = new Set<() => void>();
  let made = 0;
  const next = (kind: string) => {
    made += 1;
    return `${kind}-${made}`;
  };

  const server = createServer((request, response) => void respond(request, response));
  async function respond(request: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const send = (status: number, body: object, headers: Record<string, string> = {}) =>
      response
        .writeHead(status, { "content-type": "application/json", ...headers })
        .end(JSON.stringify(body));
    if (request.url === "/oauth/v1/token") {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      const refreshToken = form.get("refresh_token") ?? "";
      spent.push(refreshToken);
      // Long enough that a second process would meet the same expired token meanwhile.
      await delay(300);
      if (!consents.delete(refreshToken)) {
        return send(400, { status: "BAD_REFRESH_TOKEN", message: "missing or invalid" });
      }
      const fresh = { access_token: next("access"), refresh_token: next("refresh") };
      consents.add(fresh.refresh_token);
      tokens.add(fresh.access_token);
      return send(200, { ...fresh, expires_in: 1_800 });
    }
    const token = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
    if (!tokens.has(token) && !token.startsWith("fixed-")) {
      return send(401, { category: "EXPIRED_AUTHENTICATION", message: "it has expired" });
    }
    reads.push(token);
    const answer = answers.get(token);
    if (answer === "held") await new Promise<void>((resolve) => waiting.add(resolve));
    if (answer === "rate_limited") {
      const body = { errorType: "RATE_LIMIT", policyName: "DAILY", message: "daily limit" };
      return send(429, body);
    }
    return send(
      200,
      { total: 0, results: [] },
      { "X-HubSpot-RateLimit-Daily": "1000", "X-HubSpot-RateLimit-Daily-Remaining": "250" },
    );
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    consent: () => {
      const token = next("refresh");
      consents.add(token);
      return token;
    },
    spent,
    reads,
    consents,
    expireAll: () => tokens.clear(),
    answer: (token, what) => void answers.set(token, what),
    get held() {
      return waiting.size;
    },
    release: () => {
      answers.clear();
      for (const resolve of waiting) resolve();
      waiting.clear();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
