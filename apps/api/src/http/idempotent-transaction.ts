import { beginIdempotent, completeIdempotent, type TenantTransaction } from "@usher/database";
import type { Instant, TenantId } from "@usher/entitlement-core/kernel";
import { ApiProblem } from "./api-problem.ts";
import { fingerprintOf, idempotencyKeptMs } from "./idempotency.ts";
import type { ServeDependencies } from "./serve-dependencies.ts";
import type { SerializedAnswer } from "./serve-route.ts";

export type AfterCommit = (effect: () => Promise<void>) => void;

interface IdempotentWork {
  readonly deps: Pick<ServeDependencies, "database" | "background">;
  readonly tenantId: TenantId;
  readonly route: string;
  /** Null: the caller sent none, so the work is simply done. */
  readonly key: string | null;
  readonly path: string;
  readonly body: unknown;
  readonly now: number;
  readonly work: (tx: TenantTransaction, afterCommit: AfterCommit) => Promise<SerializedAnswer>;
}

export interface IdempotentAnswer {
  readonly answer: SerializedAnswer;
  readonly isReplay: boolean;
}

/** Keys being worked on in this process. Another process's are met in the database, where ours waits for them. */
const inFlight = new Set<string>();

/**
 * Runs `work` in one transaction that also holds the Idempotency-Key: the effect and the answer to
 * it are committed together, so a crash in between leaves neither. The same key and body answer as
 * the first time; another body is 422; a first try that is still running is 409.
 * A refusal (a thrown `ApiProblem`) is not kept: the caller may mend and try again.
 */
export async function runIdempotently(input: IdempotentWork): Promise<IdempotentAnswer> {
  const mark = input.key === null ? null : `${input.tenantId}\0${input.route}\0${input.key}`;
  if (mark === null) return commit(input);
  if (inFlight.has(mark)) throw stillInFlight();
  inFlight.add(mark);
  try {
    return await commit(input);
  } finally {
    inFlight.delete(mark);
  }
}

async function commit({
  deps,
  tenantId,
  route,
  key,
  path,
  body,
  now,
  work,
}: IdempotentWork): Promise<IdempotentAnswer> {
  let effects: (() => Promise<void>)[] = [];
  const done = await deps.database.withTenant({ tenantId }, async (tx) => {
    // A deadlock runs this again from the start.
    effects = [];
    const run = () => work(tx, (effect) => effects.push(effect));
    if (key === null) return { answer: await run(), isReplay: false };

    const fingerprint = fingerprintOf({ path, body });
    const begun = await beginIdempotent(tx, {
      route,
      key,
      fingerprint,
      expiresAt: (now + idempotencyKeptMs) as Instant,
      lockTimeoutSeconds: 60,
    });
    switch (begun.kind) {
      case "new":
        break;
      case "in-flight":
        throw stillInFlight();
      case "reused-with-other-body":
        throw new ApiProblem(
          "idempotency_key_reused",
          "The Idempotency-Key was used with another body or path. Use a new key for a new effect.",
        );
      case "replay":
        return { answer: fromKept(begun.response), isReplay: true };
    }
    const answer = await run();
    const isOurs = await completeIdempotent(tx, {
      route,
      key,
      fingerprint,
      response: toKept(answer),
    });
    if (!isOurs) throw stillInFlight();
    return { answer, isReplay: false };
  });
  for (const effect of effects) deps.background.run(route, effect);
  return done;
}

function stillInFlight(): ApiProblem {
  return new ApiProblem(
    "idempotency_key_in_flight",
    "A request with this Idempotency-Key is still being worked on. Ask again in a moment.",
    { headers: { "Retry-After": "1" } },
  );
}

function toKept({ status, text, headers }: SerializedAnswer): {
  readonly status: number;
  readonly body: string;
} {
  return { status, body: JSON.stringify({ text, headers }) };
}

function fromKept({
  status,
  body,
}: {
  readonly status: number;
  readonly body: string;
}): SerializedAnswer {
  return { status, ...(JSON.parse(body) as Pick<SerializedAnswer, "text" | "headers">) };
}
