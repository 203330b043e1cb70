import {
  askForToken,
  createSharedSession,
  type HttpAnswer,
  type HttpClient,
  type SharedSession,
} from "@usher/connector-sdk/http";
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

export type SalesforceSessions = Pick<SharedSession<SalesforceSession>, "current" | "renewed">;

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

const what = "Asking Salesforce for an access token";

/**
 * Tokens of one connection. Client credentials and JWT bearer give no refresh token: a new token is
 * asked for with the credentials.
 */
export function createSalesforceSessions(input: {
  readonly config: SalesforceConfig;
  readonly http: HttpClient;
  readonly now: () => number;
}): SalesforceSessions {
  const { config, http, now } = input;
  return createSharedSession({
    async open(log): Promise<SalesforceSession> {
      const token = await askForToken({
        http,
        now,
        log,
        url: `${config.loginUrl}/services/oauth2/token`,
        form: grantOf({ config, nowMs: now() }),
        schema: tokenAnswer,
        what,
        refusal: refusalOf,
      });
      return {
        accessToken: token.access_token,
        instanceUrl: config.instanceUrl ?? new URL(token.instance_url).origin,
        userId: token.id?.split("/").at(-1) ?? null,
        organizationId: token.id?.split("/").at(-2) ?? null,
      };
    },
  });
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

function refusalOf(answer: HttpAnswer) {
  const { data } = tokenRefusal.safeParse(readRefusal(answer));
  const said = data?.error_description === undefined ? "" : ` (${data.error_description})`;
  return {
    message: `${what}: refused with ${data?.error ?? `status ${answer.status}`}${said}. Check the client id, the secret or key, and that the External Client App allows this flow for its user.`,
    vendorCode: data?.error ?? null,
  };
}

function readRefusal(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    // A page of HTML; the status has to do.
    return null;
  }
}
