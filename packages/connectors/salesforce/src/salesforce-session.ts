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
import { signSalesforceAssertion } from "./salesforce-assertion.ts";
import type { SalesforceConfig } from "./salesforce-config.ts";

/** An access token and where it works. */
export interface SalesforceSession {
  readonly accessToken: string;
  readonly instanceUrl: string;
  /** Who we are over there, to tell our own edits from people's. */
  readonly userId: string | null;
  /** The org; null when the token answer does not say. */
  readonly organizationId: string | null;
}

export interface SalesforceSessions {
  current(log: CallLog): Promise<SalesforceSession>;
  /** A session other than `refused`. Asks for a token only if nobody else already did. */
  renewed(refused: SalesforceSession, log: CallLog): Promise<SalesforceSession>;
}

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  instance_url: z.url(),
  /** `https://login.salesforce.com/id/<organization>/<user>` */
  id: z.string().optional(),
});
const tokenRefusal = z.looseObject({
  error: z.string(),
  error_description: z.string().optional(),
});

const tokenTimeoutMs = 20_000;

/**
 * Tokens of one connection. Client credentials and JWT bearer give no refresh token: a new token is
 * asked for with the credentials. Single flight: any number of calls that meet an expired token at
 * once cost one token request. It belongs to no caller, so no caller's abort fails the others.
 */
export function createSalesforceSessions(input: {
  readonly config: SalesforceConfig;
  readonly http: HttpClient;
  readonly now: () => number;
}): SalesforceSessions {
  const { config, http, now } = input;
  let session: SalesforceSession | null = null;
  let pending: Promise<SalesforceSession> | null = null;

  function requested(log: CallLog): Promise<SalesforceSession> {
    pending ??= request(log).finally(() => {
      pending = null;
    });
    return pending;
  }

  async function request(log: CallLog): Promise<SalesforceSession> {
    const answer = await http.send(
      {
        method: "POST",
        url: `${config.loginUrl}/services/oauth2/token`,
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          accept: "application/json",
        },
        body: new URLSearchParams(grantOf({ config, nowMs: now() })).toString(),
        // A token more or less changes nothing over there.
        isWrite: false,
      },
      { deadline: now() + tokenTimeoutMs, signal: new AbortController().signal, log },
    );
    if (answer.status !== 200) throw tokenFailure(answer);
    const what = "Asking Salesforce for an access token";
    const token = parseShape({
      schema: tokenAnswer,
      value: readJsonAnswer({ answer, isWrite: false, what }),
      what,
    });
    session = {
      accessToken: token.access_token,
      instanceUrl: config.instanceUrl ?? new URL(token.instance_url).origin,
      userId: token.id?.split("/").at(-1) ?? null,
      organizationId: token.id?.split("/").at(-2) ?? null,
    };
    return session;
  }

  return {
    async current(log) {
      return session ?? requested(log);
    },
    async renewed(refused, log) {
      if (session !== null && session.accessToken !== refused.accessToken) return session;
      return requested(log);
    },
  };
}

function grantOf(input: {
  readonly config: SalesforceConfig;
  readonly nowMs: number;
}): Record<string, string> {
  const { config, nowMs } = input;
  switch (config.authKind) {
    case "client_credentials":
      return {
        grant_type: "client_credentials",
        client_id: config.clientId,
        client_secret: config.clientSecret,
      };
    case "jwt_bearer":
      return {
        grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
        assertion: signSalesforceAssertion({ ...config, nowMs }),
      };
  }
}

/** A refusal is the credentials' fault only when the token endpoint says so; a sick server must not look like a disconnect. */
function tokenFailure(answer: HttpAnswer): ConnectorError {
  const what = "Asking Salesforce for an access token";
  if (answer.status >= 500 || answer.status === 429) {
    return connectorFailure({
      category: categoryOfStatus({ status: answer.status, isWrite: false }),
      message: `${what}: the login server answered ${answer.status}.`,
      retryAfterMs: answer.retryAfterMs,
    });
  }
  const parsed = tokenRefusal.safeParse(readRefusal(answer));
  const code = parsed.success ? parsed.data.error : null;
  return connectorFailure({
    category: "auth_invalid",
    message: `${what}: refused with ${code ?? `status ${answer.status}`}${parsed.success && parsed.data.error_description !== undefined ? ` (${parsed.data.error_description})` : ""}. Check the client id, the secret or key, and that the External Client App allows this flow for its user.`,
    vendorCode: code,
  });
}

function readRefusal(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    // A page of HTML; the status has to do.
    return null;
  }
}
