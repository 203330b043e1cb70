import {
  connectorFailure,
  createSharedSession,
  type HttpAnswer,
  type HttpClient,
  parseShape,
  readJsonAnswer,
  type SharedSession,
} from "@usher/connector-sdk/http";
import type { CallLog, ConnectorError } from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { TrytonConfig } from "./tryton-config.ts";
import { fromTrytonRefusal, fromTrytonStatus, trytonErrorArguments } from "./tryton-failure.ts";

export interface TrytonSession {
  /** For the header `Authorization`. */
  readonly authorization: string;
}

export interface TrytonSessions extends Pick<SharedSession<TrytonSession>, "current" | "renewed"> {
  /** Ends the session over there, if there is one. */
  end(): Promise<void>;
}

const loginAnswer = z.union([
  z.object({ result: z.tuple([z.int(), z.string().min(1)], z.unknown()) }),
  z.object({ error: trytonErrorArguments }),
]);

const loginTimeoutMs = 20_000;

/**
 * Tryton locks an account at the seventh wrong password within `session.timeout` (5 minutes unless
 * configured otherwise), for the right password too, and every try while locked makes the lock last
 * longer. So refused credentials are tried once a quarter of an hour at most, and a lock is left to
 * run out.
 * @see `res.user.login.attempt` in trytond/res/user.py
 */
const quietAfterRefusalMs = 15 * 60_000;
const quietWhileLockedMs = 6 * 60_000;

/**
 * Sessions of one connection. A new connection, as after its password was changed, starts afresh.
 */
export function createTrytonSessions(input: {
  readonly config: TrytonConfig;
  readonly http: HttpClient;
  readonly now: () => number;
}): TrytonSessions {
  const { config, http, now } = input;
  let refusal: { readonly error: ConnectorError; readonly untilMs: number } | null = null;
  const sessions = createSharedSession({
    async open(log) {
      if (refusal !== null && refusal.untilMs > now()) {
        throw stillQuiet(refusal.error, refusal.untilMs - now());
      }
      return logIn(log);
    },
  });

  async function logIn(log: CallLog): Promise<TrytonSession> {
    const what = "Logging in to Tryton";
    const answer = await http.send(
      {
        method: "POST",
        url: `${config.baseUrl}/${config.database}/rpc/`,
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify({
          id: 1,
          method: "common.db.login",
          params: [config.user, { password: config.password }, "en"],
        }),
        // A session more or less changes nothing over there.
        isWrite: false,
      },
      { deadline: now() + loginTimeoutMs, signal: new AbortController().signal, log },
    );
    if (answer.status === 401) throw keep(wrongPassword(what), quietAfterRefusalMs);
    if (answer.status === 429) {
      const quietMs = Math.max(answer.retryAfterMs ?? 0, quietWhileLockedMs);
      throw keep(locked(what, answer, quietMs), quietMs);
    }
    if (answer.status !== 200) throw fromTrytonStatus({ answer, isWrite: false, what });
    const parsed = parseShape({
      schema: loginAnswer,
      value: readJsonAnswer({ answer, isWrite: false, what }),
      what,
    });
    if ("error" in parsed) {
      const error = fromTrytonRefusal({ error: parsed.error, isWrite: false, what });
      throw error.detail.category === "auth_invalid" ? keep(error, quietAfterRefusalMs) : error;
    }
    const [id, token] = parsed.result;
    const words = `${config.user}:${id}:${token}`;
    return { authorization: `Session ${Buffer.from(words, "utf8").toString("base64")}` };
  }

  function keep(error: ConnectorError, quietMs: number): ConnectorError {
    refusal = { error, untilMs: now() + quietMs };
    return error;
  }

  return {
    current: sessions.current,
    renewed: sessions.renewed,
    async end() {
      const ending = sessions.release();
      if (ending === null) return;
      await http
        .send(
          {
            method: "POST",
            url: `${config.baseUrl}/${config.database}/rpc/`,
            headers: {
              "content-type": "application/json",
              authorization: ending.authorization,
            },
            body: JSON.stringify({ id: 1, method: "common.db.logout", params: [] }),
            isWrite: false,
          },
          { deadline: now() + 2_000, signal: new AbortController().signal, log: () => undefined },
        )
        // Out of reach: the session then ends by its own age.
        .catch(() => undefined);
    },
  };
}

function wrongPassword(what: string): ConnectorError {
  return connectorFailure({
    category: "auth_invalid",
    message: `${what}: the user or the password is not accepted. Correct them in the connection; until then Tryton is asked once in ${quietAfterRefusalMs / 60_000} minutes at most, since it locks an account after a few wrong passwords.`,
    vendorCode: "401",
  });
}

function locked(what: string, answer: HttpAnswer, quietMs: number): ConnectorError {
  return connectorFailure({
    category: "rate_limited",
    message: `${what}: the account is locked after too many wrong passwords, from here or from elsewhere. Nothing is sent until the lock has run out, since every try makes it last longer.`,
    vendorCode: String(answer.status),
    retryAfterMs: quietMs,
  });
}

/** The same refusal, without asking again. */
function stillQuiet(error: ConnectorError, leftMs: number): ConnectorError {
  const { detail } = error;
  return connectorFailure({
    ...detail,
    retryAfterMs: detail.category === "rate_limited" ? leftMs : null,
    cause: error,
  });
}
