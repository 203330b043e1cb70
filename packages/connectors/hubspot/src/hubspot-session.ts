import {
  askForToken,
  connectorFailure,
  type HttpAnswer,
  type HttpClient,
} from "@usher/connector-sdk/http";
import type { CallLog, TokenStore } from "@usher/connector-sdk/spec";
import { z } from "zod";
import { fromHubSpotAnswer } from "./hubspot-failure.ts";

export interface HubSpotSessions {
  current(log: CallLog): Promise<string>;
  /** A token other than `refused`. Asks for one only if nobody else already did. */
  renewed(refused: string, log: CallLog): Promise<string>;
}

/** What a token is asked for with. */
export type HubSpotGrant =
  | { readonly kind: "refresh_token"; readonly refreshToken: string }
  | { readonly kind: "client_credentials"; readonly scopes: readonly string[] };

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.int().min(1),
});

/** A token is given up this long before it ends, so that none ends on its way. */
const marginMs = 60_000;
/** How old a stored token is nobody knows: it is used for some minutes, or until HubSpot says that it expired. */
const adoptedSeconds = 360;
const what = "Asking HubSpot for an access token";

/** The fixed token of a service key or private app: there is no other one to ask for. */
export function fixedSession(accessToken: string): HubSpotSessions {
  return {
    current: () => Promise.resolve(accessToken),
    renewed: () =>
      Promise.reject(
        connectorFailure({
          category: "auth_invalid",
          message:
            "HubSpot no longer accepts the access token. Make a new one (service key or private app) and rotate the connection's.",
          vendorCode: "EXPIRED_AUTHENTICATION",
        }),
      ),
  };
}

/**
 * Tokens of one connection, renewed by their own `expires_in`: HubSpot says that a 401 is no sign
 * that a new one is needed. Single flight, and it belongs to no caller, so that no caller's abort
 * fails the others. With a token store, no two processes renew at once and a refresh token that
 * rotates is stored before it is used.
 */
export function createHubSpotSessions(input: {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly grant: HubSpotGrant;
  readonly http: HttpClient;
  readonly now: () => number;
  readonly tokens?: TokenStore | undefined;
}): HubSpotSessions {
  const { grant, http, now, tokens } = input;
  let held: { readonly token: string; readonly goodUntilMs: number } | null = null;
  let refreshToken = grant.kind === "refresh_token" ? grant.refreshToken : null;
  let pending: Promise<string> | null = null;

  function requested(log: CallLog): Promise<string> {
    pending ??= renew(log).finally(() => {
      pending = null;
    });
    return pending;
  }

  async function renew(log: CallLog): Promise<string> {
    if (tokens === undefined || refreshToken === null) {
      const answer = await ask(refreshToken, log);
      refreshToken = answer.refresh_token ?? refreshToken;
      return hold(answer.access_token, answer.expires_in);
    }
    const before = held?.token ?? null;
    const first = refreshToken;
    let expiresIn = adoptedSeconds;
    const stored = await tokens.exchange(async (current) => {
      // Somebody else was quicker.
      if (current !== null && before !== null && current.accessToken !== before) return current;
      const spent = current?.refreshToken ?? first;
      const answer = await ask(spent, log);
      expiresIn = answer.expires_in;
      return {
        accessToken: answer.access_token,
        refreshToken: answer.refresh_token ?? spent,
      };
    });
    return hold(stored.accessToken, expiresIn);
  }

  function hold(token: string, expiresInSeconds: number): string {
    held = { token, goodUntilMs: now() + expiresInSeconds * 1_000 - marginMs };
    return token;
  }

  const ask = (spent: string | null, log: CallLog) =>
    askForToken({
      http,
      now,
      log,
      url: `${input.baseUrl}/oauth/v1/token`,
      form: formOf(spent),
      schema: tokenAnswer,
      what,
      refusal: refusalOf,
    });

  function formOf(spent: string | null): Record<string, string> {
    const { clientId, clientSecret } = input;
    const own = { client_id: clientId, client_secret: clientSecret };
    return grant.kind === "client_credentials"
      ? { grant_type: "client_credentials", ...own, scope: grant.scopes.join(" ") }
      : { grant_type: "refresh_token", ...own, refresh_token: spent ?? "" };
  }

  /** What another process of this connection stored, so that a start costs no token. */
  async function adopt(): Promise<void> {
    const stored = (await tokens?.read()) ?? null;
    if (stored !== null && held === null) hold(stored.accessToken, adoptedSeconds);
  }

  return {
    async current(log) {
      if (held === null && refreshToken !== null) await adopt();
      return held !== null && held.goodUntilMs > now() ? held.token : requested(log);
    },
    async renewed(refused, log) {
      return held !== null && held.token !== refused && held.goodUntilMs > now()
        ? held.token
        : requested(log);
    },
  };
}

function refusalOf(answer: HttpAnswer) {
  const { status } = answer;
  const { vendorCode } = fromHubSpotAnswer({ ...answer, isWrite: false, what }).detail;
  return {
    message: `${what}: refused with ${vendorCode ?? `status ${status}`}. Check client id, client secret and refresh token, or install the app again.`,
    vendorCode,
  };
}
