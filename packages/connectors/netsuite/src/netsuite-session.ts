import {
  categoryOfStatus,
  connectorFailure,
  type HttpAnswer,
  type HttpClient,
  parseShape,
  readJsonAnswer,
} from "@usher/connector-sdk/http";
import type { CallLog, ConnectorError } from "@usher/connector-sdk/spec";
import { z } from "zod";
import { signNetsuiteAssertion } from "./netsuite-assertion.ts";
import { accountOrigin, type NetsuiteConfig } from "./netsuite-config.ts";

export interface NetsuiteSession {
  readonly accessToken: string;
  /** Epoch milliseconds. */
  readonly endsMs: number;
}

export interface NetsuiteSessions {
  current(log: CallLog): Promise<NetsuiteSession>;
  /** A session other than `refused`. Asks for a token only if nobody else already did. */
  renewed(refused: NetsuiteSession, log: CallLog): Promise<NetsuiteSession>;
}

const tokenPath = "/services/rest/auth/oauth2/v1/token";
const tokenTimeoutMs = 20_000;
const what = "Asking NetSuite for an access token";

/** A token that has less left than this is renewed before it is used: a 401 may mean overload as well. */
const reserveMs = 60_000;

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  /** Seconds; NetSuite writes them as text. An hour, says the page. */
  expires_in: z.coerce.number().positive().catch(3_600),
});
const tokenRefusal = z.looseObject({ error: z.string().max(100) });

/**
 * Tokens of one connection. Client credentials give no refresh token: a new one is asked for with a
 * new assertion, a minute before the old one ends or when NetSuite refused it. Single flight: any number of calls that meet an
 * ended token cost one token request. It belongs to no caller, so no caller's abort fails the others.
 */
export function createNetsuiteSessions(input: {
  readonly config: NetsuiteConfig;
  readonly http: HttpClient;
  readonly origin: string;
  readonly now: () => number;
}): NetsuiteSessions {
  const { config, http, origin, now } = input;
  let session: NetsuiteSession | null = null;
  let pending: Promise<NetsuiteSession> | null = null;

  function requested(log: CallLog): Promise<NetsuiteSession> {
    pending ??= request(log).finally(() => {
      pending = null;
    });
    return pending;
  }

  async function request(log: CallLog): Promise<NetsuiteSession> {
    const assertion = await signNetsuiteAssertion({
      ...config,
      audience: `${accountOrigin(config)}${tokenPath}`,
      nowMs: now(),
    });
    const answer = await http.send(
      {
        method: "POST",
        url: `${origin}${tokenPath}`,
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          accept: "application/json",
        },
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          client_assertion: assertion,
        }).toString(),
        // A token more or less changes nothing over there.
        isWrite: false,
      },
      { deadline: now() + tokenTimeoutMs, signal: new AbortController().signal, log },
    );
    if (answer.status !== 200) throw tokenFailure(answer);
    const value = readJsonAnswer({ answer, isWrite: false, what });
    const token = parseShape({ schema: tokenAnswer, value, what });
    session = { accessToken: token.access_token, endsMs: now() + token.expires_in * 1000 };
    return session;
  }

  return {
    async current(log) {
      if (session !== null && now() < session.endsMs - reserveMs) return session;
      return requested(log);
    },
    async renewed(refused, log) {
      if (session !== null && session.accessToken !== refused.accessToken) return session;
      return requested(log);
    },
  };
}

/** A refusal is the credentials' fault only when the token endpoint says so; a sick server must not look like a disconnect. */
function tokenFailure(answer: HttpAnswer): ConnectorError {
  if (answer.status >= 500 || answer.status === 429) {
    return connectorFailure({
      category: categoryOfStatus({ status: answer.status, isWrite: false }),
      message: `${what}: the login server answered ${answer.status}.`,
      retryAfterMs: answer.retryAfterMs,
    });
  }
  const code = readRefusal(answer.text);
  return connectorFailure({
    category: "auth_invalid",
    message: `${what}: refused with ${code ?? `status ${answer.status}`}; NetSuite says no more, its Login Audit Trail does. Check the client id, that the certificate is mapped (the refresh of a sandbox forgets it) and has not expired, and that entity and role of the mapping are active.`,
    vendorCode: code,
  });
}

function readRefusal(text: string): string | null {
  try {
    const parsed = tokenRefusal.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.error : null;
  } catch {
    // A page of HTML; the status has to do.
    return null;
  }
}
