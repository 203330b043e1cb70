import type { z } from "zod";
import type { CallLog, ConnectorErrorDetail } from "../spec/index.ts";
import { categoryOfStatus } from "./category-of-status.ts";
import { connectorFailure } from "./connector-failure.ts";
import type { HttpAnswer, HttpClient } from "./http-client.ts";
import { parseShape, readJsonAnswer } from "./read-json-answer.ts";

const timeoutMs = 20_000;

/**
 * An OAuth 2.0 token request (RFC 6749 §3.2). It has a deadline of its own: whoever waits for the
 * token, it is asked for on behalf of all. A refusal is the credentials' fault only when the token
 * endpoint says so; a sick server must not look like a disconnect.
 */
export async function askForToken<Schema extends z.ZodType>(input: {
  readonly http: HttpClient;
  readonly now: () => number;
  readonly log: CallLog;
  readonly url: string;
  readonly form: Readonly<Record<string, string>>;
  readonly schema: Schema;
  /** For people, such as `Asking Acme for an access token`. */
  readonly what: string;
  /** What a refusal says, and what to do about it. */
  readonly refusal: (answer: HttpAnswer) => Pick<ConnectorErrorDetail, "message" | "vendorCode">;
}): Promise<z.output<Schema>> {
  const { http, now, log, url, form, schema, what, refusal } = input;
  const answer = await http.send(
    {
      method: "POST",
      url,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
      },
      body: new URLSearchParams({ ...form }).toString(),
      // A token more or less changes nothing over there.
      isWrite: false,
    },
    { deadline: now() + timeoutMs, signal: new AbortController().signal, log },
  );
  const { status, retryAfterMs } = answer;
  if (status === 200) {
    return parseShape({ schema, value: readJsonAnswer({ answer, isWrite: false, what }), what });
  }
  if (isRefusal(status)) throw connectorFailure({ category: "auth_invalid", ...refusal(answer) });
  throw connectorFailure({
    category: categoryOfStatus({ status, isWrite: false }),
    message: `${what}: the token server answered ${status}.`,
    retryAfterMs,
  });
}

/** 400 and 401 by RFC 6749 §5.2; some servers say 403. A 404 or 408 is somebody else's word. */
function isRefusal(status: number): boolean {
  return status === 400 || status === 401 || status === 403;
}
