// <when auth=client_credentials,refresh_token>
import { z } from "zod";
// </when>
import {
  // <when auth=client_credentials,refresh_token>
  askForToken,
  // </when>
  connectorFailure,
  // <when auth=client_credentials,refresh_token>
  type HttpClient,
  // </when>
} from "../../http/index.ts";
import type {
  CallLog,
  // <when auth=refresh_token>
  StoredTokens,
  TokenStore,
  // </when>
} from "../../spec/index.ts";
import type { AcmeConfig } from "./acme-config.ts";

/** The bearer token of one connection. */
export interface AcmeSession {
  current(log: CallLog): Promise<string>;
  /** A token other than `refused`; asks for one only if nobody else already did. */
  renewed(refused: string, log: CallLog): Promise<string>;
}

// <when auth=api_key>
/** A key stays as it is until a person replaces it. */
function keyedSession(apiKey: string): AcmeSession {
  return {
    current: () => Promise.resolve(apiKey),
    renewed: () => Promise.reject(refusedCredentials(null)),
  };
}
// </when>

// <when auth=client_credentials,refresh_token>
const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
});

function askAcmeForToken(
  grant: Readonly<Record<string, string>>,
  input: {
    readonly config: AcmeConfig;
    readonly http: HttpClient;
    readonly now: () => number;
    readonly log: CallLog;
  },
): Promise<z.output<typeof tokenAnswer>> {
  const { config, http, now, log } = input;
  return askForToken({
    http,
    now,
    log,
    url: `${config.baseUrl}/oauth/token`,
    form: grant,
    schema: tokenAnswer,
    what: "Asking Acme for an access token",
    refusal: ({ status }) => refusedCredentials(status).detail,
  });
}
// </when>

function refusedCredentials(status: number | null) {
  return connectorFailure({
    category: "auth_invalid",
    message: `Acme refuses the connection's credentials${status === null ? "" : ` (${status})`}. Enter new ones.`,
  });
}

// <when auth=client_credentials>
/** Single flight: any number of calls that meet an expired token at once cost one token request. */
function grantedSession(ask: (log: CallLog) => Promise<string>): AcmeSession {
  let token: string | null = null;
  let pending: Promise<string> | null = null;
  const asked = (log: CallLog) => {
    pending ??= ask(log)
      .then((fresh) => {
        token = fresh;
        return fresh;
      })
      .finally(() => {
        pending = null;
      });
    return pending;
  };
  return {
    current: async (log) => token ?? asked(log),
    renewed: async (refused, log) => (token !== null && token !== refused ? token : asked(log)),
  };
}
// </when>

// <when auth=refresh_token>
/**
 * Tokens that rotate. Each exchange runs under the store's lock and is stored before it is used; the
 * loser of a race is given what the winner stored.
 */
function rotatingSession(input: {
  readonly tokens: TokenStore;
  readonly refresh: (refreshToken: string | null, log: CallLog) => Promise<StoredTokens>;
}): AcmeSession {
  const { tokens, refresh } = input;
  let pending: Promise<string> | null = null;
  const exchanged = (refused: string | null, log: CallLog) => {
    pending ??= tokens
      .exchange(async (current) =>
        current !== null && current.accessToken !== refused
          ? current
          : refresh(current?.refreshToken ?? null, log),
      )
      .then(({ accessToken }) => accessToken)
      .finally(() => {
        pending = null;
      });
    return pending;
  };
  return {
    current: async (log) => (await tokens.read())?.accessToken ?? exchanged(null, log),
    renewed: exchanged,
  };
}

/** Where a hub gives no store, as in a test: good for one process. */
function tokensInMemory(): TokenStore {
  let stored: StoredTokens | null = null;
  return {
    read: () => Promise.resolve(stored),
    async exchange(renew) {
      stored = await renew(stored);
      return stored;
    },
  };
}
// </when>

export function createAcmeSession(input: {
  readonly config: AcmeConfig;
  // <when auth=client_credentials,refresh_token>
  readonly http: HttpClient;
  readonly now: () => number;
  // </when>
  // <when auth=refresh_token>
  readonly tokens: TokenStore | undefined;
  // </when>
}): AcmeSession {
  const { config } = input;
  switch (config.authKind) {
    // <when auth=api_key>
    case "api_key":
      return keyedSession(config.apiKey);
    // </when>
    // <when auth=client_credentials>
    case "client_credentials": {
      const grant = {
        grant_type: "client_credentials",
        client_id: config.clientId,
        client_secret: config.clientSecret,
      };
      return grantedSession(
        async (log) => (await askAcmeForToken(grant, { ...input, log })).access_token,
      );
    }
    // </when>
    // <when auth=refresh_token>
    case "refresh_token":
      return rotatingSession({
        tokens: input.tokens ?? tokensInMemory(),
        async refresh(refreshToken, log) {
          const spent = refreshToken ?? config.refreshToken;
          const answer = await askAcmeForToken(
            {
              grant_type: "refresh_token",
              client_id: config.clientId,
              client_secret: config.clientSecret,
              refresh_token: spent,
            },
            { ...input, log },
          );
          return {
            accessToken: answer.access_token,
            refreshToken: answer.refresh_token ?? spent,
          };
        },
      });
    // </when>
  }
}
