import {
  askForToken,
  createSharedSession,
  type HttpAnswer,
  type HttpClient,
  type SharedSession,
} from "@usher/connector-sdk/http";
import { z } from "zod";
import { signNetsuiteAssertion } from "./netsuite-assertion.ts";
import { accountOrigin, type NetsuiteConfig } from "./netsuite-config.ts";

export interface NetsuiteSession {
  readonly accessToken: string;
  /** Epoch milliseconds. */
  readonly endsMs: number;
}

type NetsuiteSessions = Pick<SharedSession<NetsuiteSession>, "current" | "renewed">;

const tokenPath = "/services/rest/auth/oauth2/v1/token";
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
 * new assertion, a minute before the old one ends or when NetSuite refused it.
 */
export function createNetsuiteSessions(input: {
  readonly config: NetsuiteConfig;
  readonly http: HttpClient;
  readonly origin: string;
  readonly now: () => number;
}): NetsuiteSessions {
  const { config, http, origin, now } = input;
  return createSharedSession({
    isGood: ({ endsMs }) => now() < endsMs - reserveMs,
    async open(log): Promise<NetsuiteSession> {
      const audience = `${accountOrigin(config)}${tokenPath}`;
      const assertion = await signNetsuiteAssertion({ ...config, audience, nowMs: now() });
      const token = await askForToken({
        http,
        now,
        log,
        url: `${origin}${tokenPath}`,
        form: {
          grant_type: "client_credentials",
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          client_assertion: assertion,
        },
        schema: tokenAnswer,
        what,
        refusal: refusalOf,
      });
      return { accessToken: token.access_token, endsMs: now() + token.expires_in * 1000 };
    },
  });
}

function refusalOf({ status, text }: HttpAnswer) {
  const code = readRefusal(text);
  return {
    message: `${what}: refused with ${code ?? `status ${status}`}; NetSuite says no more, its Login Audit Trail does. Check the client id, that the certificate is mapped (the refresh of a sandbox forgets it) and has not expired, and that entity and role of the mapping are active.`,
    vendorCode: code,
  };
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
