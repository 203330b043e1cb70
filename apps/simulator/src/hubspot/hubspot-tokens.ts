import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { HttpAnswer } from "../http-answer.ts";
import type { Row } from "../store/table.ts";
import type { Portal } from "./portal.ts";

/** A token that was handed out. Only its hash is kept. */
interface TokenRow extends Row {
  readonly expiresMs: number;
  /** Of a client-credentials token; null: the app's own scopes. */
  readonly scopes: readonly string[] | null;
}

export type TokenStanding =
  | { readonly state: "good"; readonly isOAuth: boolean; readonly scopes: readonly string[] }
  | { readonly state: "expired"; readonly expiredMs: number }
  | { readonly state: "unknown" };

export interface HubSpotTokens {
  /** `POST /oauth/v1/token`. */
  answerTokenRequest(form: URLSearchParams): HttpAnswer;
  standingOf(token: string): TokenStanding;
  /** Ends every token handed out so far. How many. */
  expireAll(): number;
}

/**
 * OAuth 2.0 of an app, and the fixed token of a private app or service key.
 * @see https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/overview
 */
export function createHubSpotTokens(deps: {
  readonly portal: Portal;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
}): HubSpotTokens {
  const { portal, clientId, clientSecret, refreshToken } = deps;
  const { store } = portal;
  const tokens = store.define<TokenRow>("hs.token");
  const refreshTokens = store.define<Row>("hs.refreshToken");

  /** The one of the installation always works; one that was handed out with a token works once. */
  function refresh(given: string): HttpAnswer {
    const isOwn = given === refreshToken;
    if (!isOwn && refreshTokens.get(hashOf(given)) === undefined)
      return refuse(400, "BAD_REFRESH_TOKEN", "missing or invalid refresh token");
    if (!portal.settings().rotatesRefreshTokens) return grant(null, given);
    const next = randomBytes(30).toString("base64url");
    store.transact(() => {
      if (!isOwn) store.remove(refreshTokens, hashOf(given));
      store.put(refreshTokens, { id: hashOf(next) });
    });
    return grant(null, next);
  }

  function grant(scopes: readonly string[] | null, nextRefreshToken?: string): HttpAnswer {
    const token = randomBytes(40).toString("base64url");
    const { tokenTtlMs } = portal.settings();
    store.transact(() =>
      store.put(tokens, { id: hashOf(token), expiresMs: portal.now() + tokenTtlMs, scopes }),
    );
    const body = {
      token_type: "bearer",
      access_token: token,
      expires_in: Math.floor(tokenTtlMs / 1000),
      ...(nextRefreshToken === undefined ? {} : { refresh_token: nextRefreshToken }),
    };
    return { status: 200, headers: {}, body };
  }

  return {
    answerTokenRequest(form) {
      if (form.get("client_id") !== clientId)
        return refuse(400, "BAD_CLIENT_ID", "missing or unknown client id");
      if (form.get("client_secret") !== clientSecret)
        return refuse(400, "BAD_CLIENT_SECRET", "missing or invalid client secret");
      switch (form.get("grant_type")) {
        case "refresh_token":
          return refresh(form.get("refresh_token") ?? "");
        case "client_credentials":
          return grant((form.get("scope") ?? "").split(" ").filter(Boolean));
        default:
          return refuse(400, "BAD_GRANT_TYPE", "missing or unknown grant type");
      }
    },
    standingOf(token) {
      const settings = portal.settings();
      if (token === settings.accessToken)
        return { state: "good", isOAuth: false, scopes: settings.scopes };
      const row = tokens.get(hashOf(token));
      if (row === undefined) return { state: "unknown" };
      if (row.expiresMs <= portal.now())
        return { state: "expired", expiredMs: portal.now() - row.expiresMs };
      return { state: "good", isOAuth: true, scopes: row.scopes ?? settings.scopes };
    },
    expireAll() {
      const all = [...tokens.all()];
      store.transact(() => {
        for (const row of all) store.put(tokens, { ...row, expiresMs: portal.now() });
      });
      return all.length;
    },
  };
}

function refuse(status: number, code: string, message: string): HttpAnswer {
  return { status, headers: {}, body: { status: code, message, correlationId: randomUUID() } };
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
