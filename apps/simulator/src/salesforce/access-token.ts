import { createHash, createHmac, createPublicKey, randomBytes, verify } from "node:crypto";
import type { HttpAnswer } from "../http-answer.ts";
import type { Store } from "../store/store.ts";
import type { Row, Table } from "../store/table.ts";
import type { Org } from "./org.ts";

/** A session. Only the hash of the token is kept. */
interface Session extends Row {
  readonly userId: string;
  readonly expiresMs: number;
}

export interface AccessTokens {
  /** `POST /services/oauth2/token`. */
  answerTokenRequest(input: {
    readonly form: URLSearchParams;
    readonly authorization: string | undefined;
    readonly instanceUrl: string;
  }): HttpAnswer;
  /** The user a bearer token stands for; undefined when it is unknown, expired or revoked. */
  userOf(token: string): string | undefined;
  revoke(token: string): void;
  /** Ends every session now. Number of sessions ended. */
  expireAll(): number;
}

/** Seconds an assertion may run ahead: the vendor allows three minutes. */
const ASSERTION_SECONDS_MAX = 180;

/**
 * OAuth 2.0 as a server-to-server integration uses it: client credentials and JWT bearer. Neither
 * hands out a refresh token.
 * @see https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm
 * @see https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm
 */
export function createAccessTokens(deps: {
  readonly org: Org;
  readonly store: Store;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly integrationUserId: () => string;
  readonly userByName: (username: string) => string | undefined;
}): AccessTokens {
  const { org, store, clientId, clientSecret, integrationUserId, userByName } = deps;
  const sessions: Table<Session> = store.define<Session>("sf.session");

  function answerTokenRequest(input: {
    form: URLSearchParams;
    authorization: string | undefined;
    instanceUrl: string;
  }): HttpAnswer {
    const { form, authorization, instanceUrl } = input;
    switch (form.get("grant_type")) {
      case "client_credentials": {
        const given = credentials(form, authorization);
        if (given.id !== clientId)
          return oauthError("invalid_client_id", "client identifier invalid");
        if (given.secret !== clientSecret)
          return oauthError("invalid_client", "invalid client credentials");
        return grant(integrationUserId(), instanceUrl);
      }
      case "urn:ietf:params:oauth:grant-type:jwt-bearer": {
        const outcome = readAssertion(form.get("assertion") ?? "");
        return typeof outcome === "string" ? grant(outcome, instanceUrl) : outcome;
      }
      case "refresh_token":
        return oauthError("invalid_grant", "expired access/refresh token");
      case null:
        return oauthError("invalid_request", "must supply grant_type");
      default:
        return oauthError("unsupported_grant_type", "grant type not supported");
    }
  }

  function grant(userId: string, instanceUrl: string): HttpAnswer {
    const { organizationId, tokenTtlMs } = org.settings();
    const token = `${organizationId.slice(0, 15)}!${randomBytes(48).toString("base64url")}`;
    store.transact(() =>
      store.put(sessions, { id: hashOf(token), userId, expiresMs: org.now() + tokenTtlMs }),
    );
    const id = `${instanceUrl}/id/${organizationId}/${userId}`;
    const issuedAt = String(org.now());
    const signature = createHmac("sha256", clientSecret)
      .update(id + issuedAt)
      .digest("base64");
    const body = {
      access_token: token,
      signature,
      scope: "api",
      instance_url: instanceUrl,
      id,
      token_type: "Bearer",
      issued_at: issuedAt,
    };
    return { status: 200, headers: {}, body };
  }

  function readAssertion(assertion: string): string | HttpAnswer {
    const [head, claims, signature] = assertion.split(".");
    const pem = org.settings().jwtPublicKey;
    const body = parseJsonPart(claims);
    if (
      head === undefined ||
      claims === undefined ||
      signature === undefined ||
      body === undefined
    ) {
      return oauthError("invalid_grant", "invalid assertion");
    }
    if (body["iss"] !== clientId)
      return oauthError("invalid_client_id", "client identifier invalid");
    if (pem === null) return oauthError("invalid_grant", "user hasn't approved this consumer");
    const isSigned = verify(
      "sha256",
      Buffer.from(`${head}.${claims}`),
      createPublicKey(pem),
      Buffer.from(signature, "base64url"),
    );
    if (!isSigned) return oauthError("invalid_grant", "invalid assertion");
    const now = org.now() / 1000;
    const expires = Number(body["exp"]);
    if (!(expires > now)) return oauthError("invalid_grant", "assertion has expired");
    if (expires > now + ASSERTION_SECONDS_MAX + 60) {
      return oauthError("invalid_grant", "assertion expires too far in the future");
    }
    const userId = userByName(String(body["sub"]));
    return userId ?? oauthError("invalid_grant", "user hasn't approved this consumer");
  }

  return {
    answerTokenRequest,
    userOf(token) {
      const session = sessions.get(hashOf(token));
      return session !== undefined && session.expiresMs > org.now() ? session.userId : undefined;
    },
    revoke: (token) => store.transact(() => store.remove(sessions, hashOf(token))),
    expireAll() {
      const all = [...sessions.all()];
      store.transact(() => {
        for (const { id } of all) store.remove(sessions, id);
      });
      return all.length;
    },
  };
}

function credentials(form: URLSearchParams, authorization: string | undefined) {
  if (authorization?.startsWith("Basic ")) {
    const [id = "", secret = ""] = Buffer.from(authorization.slice(6), "base64")
      .toString("utf8")
      .split(":");
    return { id: decodeURIComponent(id), secret: decodeURIComponent(secret) };
  }
  return { id: form.get("client_id"), secret: form.get("client_secret") };
}

function oauthError(error: string, description: string): HttpAnswer {
  return { status: 400, headers: {}, body: { error, error_description: description } };
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

function parseJsonPart(part: string | undefined): Record<string, unknown> | undefined {
  if (part === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
