import { constants, createHash, createPublicKey, randomBytes, verify } from "node:crypto";
import type { HttpAnswer } from "../http-answer.ts";
import type { Row } from "../store/table.ts";
import type { NetSuiteAccount } from "./netsuite-account.ts";

/** A token that was handed out. Only its hash is kept. */
interface TokenRow extends Row {
  readonly expiresMs: number;
}

export interface NetSuiteTokens {
  /** `POST /services/rest/auth/oauth2/v1/token`. */
  answerTokenRequest(form: URLSearchParams): HttpAnswer;
  isGood(token: string): boolean;
  /** Ends every token handed out so far. How many. */
  expireAll(): number;
}

/** An assertion is good for less than an hour. */
const ASSERTION_SECONDS_MAX = 3_600;

const ALGORITHMS = {
  PS256: { hash: "sha256", kind: "rsa" },
  PS384: { hash: "sha384", kind: "rsa" },
  PS512: { hash: "sha512", kind: "rsa" },
  ES256: { hash: "sha256", kind: "ec" },
  ES384: { hash: "sha384", kind: "ec" },
  ES512: { hash: "sha512", kind: "ec" },
} as const;

/**
 * OAuth 2.0 client credentials with a certificate. No refresh token; RS256 is not taken.
 * @see https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_162790605110.html
 */
export function createNetSuiteTokens(account: NetSuiteAccount): NetSuiteTokens {
  const { store } = account;
  const tokens = store.define<TokenRow>("ns.token");

  function refusalOf(assertion: string): string | null {
    const [header, payload, signature, ...rest] = assertion.split(".");
    if (header === undefined || payload === undefined || signature === undefined || rest.length > 0)
      return "the assertion is no JWT";
    const head = decode(header);
    const claims = decode(payload);
    if (head === null || claims === null) return "the assertion is no JWT";
    const settings = account.settings();
    const certificate = settings.certificates.find(({ id }) => id === head["kid"]);
    const nowMs = account.now();
    if (certificate === undefined) return "kid names no mapped certificate";
    if (certificate.expiresMs <= nowMs) return "the certificate has expired";
    if (certificate.clientId !== claims["iss"]) return "iss is not the integration's client id";
    if (!scopesOf(claims["scope"]).includes("rest_webservices"))
      return "scope does not have rest_webservices";
    if (claims["aud"] !== tokenUrlOf(settings.accountId)) return "aud is not the token endpoint";
    const { iat, exp } = claims;
    if (typeof iat !== "number" || typeof exp !== "number") return "iat and exp are required";
    if (exp - iat >= ASSERTION_SECONDS_MAX) return "exp is an hour or more after iat";
    if (exp * 1000 <= nowMs) return "the assertion has expired";
    const algorithm = ALGORITHMS[head["alg"] as keyof typeof ALGORITHMS];
    if (algorithm === undefined) return "alg is none of PS256 to ES512";
    const key = createPublicKey(certificate.publicKey);
    if (key.asymmetricKeyType !== algorithm.kind) return "alg does not fit the certificate";
    const { modulusLength } = key.asymmetricKeyDetails ?? {};
    if (modulusLength !== undefined && modulusLength < 3_072) return "the key is too short";
    const isSigned = verify(
      algorithm.hash,
      Buffer.from(`${header}.${payload}`),
      algorithm.kind === "rsa"
        ? {
            key,
            padding: constants.RSA_PKCS1_PSS_PADDING,
            saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
          }
        : { key, dsaEncoding: "ieee-p1363" },
      Buffer.from(signature, "base64url"),
    );
    return isSigned ? null : "the signature does not fit the certificate";
  }

  function grant(): HttpAnswer {
    const token = randomBytes(48).toString("base64url");
    const { tokenTtlMs } = account.settings();
    store.transact(() =>
      store.put(tokens, { id: hashOf(token), expiresMs: account.now() + tokenTtlMs }),
    );
    const body = {
      access_token: token,
      // Text, as NetSuite writes it.
      expires_in: String(Math.floor(tokenTtlMs / 1000)),
      token_type: "bearer",
    };
    return { status: 200, headers: {}, body };
  }

  return {
    answerTokenRequest(form) {
      if (form.get("grant_type") !== "client_credentials") return refuse("unsupported_grant_type");
      const kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
      const assertion = form.get("client_assertion");
      if (form.get("client_assertion_type") !== kind || assertion === null)
        return refuse("invalid_request");
      // NetSuite does not say what is wrong; the login audit trail does.
      return refusalOf(assertion) === null ? grant() : refuse("invalid_grant");
    },
    isGood(token) {
      const row = tokens.get(hashOf(token));
      return row !== undefined && row.expiresMs > account.now();
    },
    expireAll() {
      const all = [...tokens.all()];
      store.transact(() => {
        for (const row of all) store.put(tokens, { ...row, expiresMs: account.now() });
      });
      return all.length;
    },
  };
}

/** `1234567_SB1` is `1234567-sb1` in host names. */
function tokenUrlOf(accountId: string): string {
  const host = accountId.toLowerCase().replaceAll("_", "-");
  return `https://${host}.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token`;
}

function scopesOf(scope: unknown): readonly string[] {
  if (Array.isArray(scope)) return scope.map(String);
  return typeof scope === "string" ? scope.split(/[\s,]+/) : [];
}

function decode(part: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

function refuse(error: string): HttpAnswer {
  return { status: 400, headers: {}, body: { error } };
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
