import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { HttpAnswer } from "../http-answer.ts";
import type { StripeAccount } from "./stripe-account.ts";
import { invalidRequest, StripeError } from "./stripe-error.ts";

/** What a key and a request amount to: a first time, or the answer of the first time. */
export type KeyVerdict =
  | { readonly kind: "first" }
  | { readonly kind: "replay"; readonly answer: HttpAnswer };

/**
 * Idempotency keys of API v1: the first result is kept and given again, 500s included; the same
 * key with other parameters is refused; while the first is being carried out, 409. A request that
 * was refused before it was carried out (bad parameters, 401, 429) keeps nothing.
 * @see https://docs.stripe.com/api/idempotent_requests
 */
export interface IdempotencyKeys {
  /** Throws for another request under the key, and while the first is still running. */
  enter(input: { readonly key: string; readonly fingerprint: string }): KeyVerdict;
  /** Keeps the result; inside the transaction of the change. */
  keep(input: {
    readonly key: string;
    readonly fingerprint: string;
    readonly answer: HttpAnswer;
    readonly requestId: string;
  }): void;
  leave(key: string): void;
}

const KEY_LENGTH_MAX = 255;
const KEPT_MS = 24 * 3_600_000;

export function createIdempotencyKeys(account: StripeAccount): IdempotencyKeys {
  const running = new Map<string, string>();

  function enter({ key, fingerprint }: { key: string; fingerprint: string }): KeyVerdict {
    if (key.length > KEY_LENGTH_MAX) {
      throw invalidRequest(
        `Idempotency-Key can be at most ${KEY_LENGTH_MAX} characters long; yours has ${key.length}.`,
      );
    }
    const row = account.idempotency.get(key);
    const known = row !== undefined && account.now() - row.createdMs < KEPT_MS ? row : undefined;
    const first = running.get(key) ?? known?.fingerprint;
    if (first !== undefined && first !== fingerprint) throw otherParameters(key);
    if (running.has(key)) throw inProgress(key);
    if (known !== undefined) {
      const headers = {
        "Idempotent-Replayed": "true",
        "Original-Request": known.requestId,
        "Idempotency-Key": key,
      };
      return {
        kind: "replay",
        answer: { status: known.status, headers, body: unpack(known.body) },
      };
    }
    running.set(key, fingerprint);
    return { kind: "first" };
  }

  return {
    enter,
    leave: (key) => running.delete(key),
    keep({ key, fingerprint, answer, requestId }) {
      account.store.put(account.idempotency, {
        id: key,
        fingerprint,
        status: answer.status,
        body: pack(JSON.stringify(answer.body)),
        requestId,
        createdMs: account.now(),
      });
    },
  };
}

export function requestFingerprint(input: {
  readonly method: string;
  readonly path: string;
  readonly form: string;
}): string {
  return createHash("sha256")
    .update(`${input.method} ${input.path}\n${input.form}`)
    .digest("base64url");
}

function otherParameters(key: string): StripeError {
  return new StripeError(400, {
    type: "idempotency_error",
    message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  });
}

function inProgress(key: string): StripeError {
  return new StripeError(409, {
    type: "idempotency_error",
    code: "idempotency_key_in_use",
    message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}.`,
  });
}

function pack(text: string): string {
  return deflateRawSync(text, { level: 1 }).toString("base64");
}

function unpack(packed: string): string {
  return inflateRawSync(Buffer.from(packed, "base64")).toString("utf8");
}
