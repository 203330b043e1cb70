import type { SigningKeyState } from "./signing-key.ts";

/** A stored key, as far as rotation is concerned. Instants are milliseconds since 1970. */
export interface RotatingKey {
  readonly kid: string;
  readonly state: SigningKeyState;
  readonly createdAt: number;
  /** Set on retirement: until then the key is published. */
  readonly retireAt: number | null;
}

export interface KeyChange {
  readonly kid: string;
  readonly state: SigningKeyState;
  readonly retireAt: number | null;
}

export interface RotationPlan {
  readonly changes: readonly KeyChange[];
  /** The state in which a fresh key is to be stored, or null when none is needed. */
  readonly generate: "next" | "current" | null;
}

/**
 * What a rotation at `now` changes: the next key signs from now on, the current one retires and
 * stays published for the life of the longest token, and a fresh next key is made. Where the next
 * key has not been published for `publishAheadMs` yet, nothing changes: a verifier with a cached
 * key set would refuse its first tokens. Without any key, the first one signs at once.
 */
export function planKeyRotation({
  keys,
  now,
  publishAheadMs,
  tokenLifeMsMax,
}: {
  readonly keys: readonly RotatingKey[];
  readonly now: number;
  readonly publishAheadMs: number;
  readonly tokenLifeMsMax: number;
}): RotationPlan {
  const current = keys.find(({ state }) => state === "current");
  const next = keys.find(({ state }) => state === "next");
  if (current === undefined && next === undefined) return { changes: [], generate: "current" };
  if (next === undefined) return { changes: [], generate: "next" };
  if (current !== undefined && next.createdAt + publishAheadMs > now) {
    return { changes: [], generate: null };
  }
  return {
    changes: [
      ...(current === undefined
        ? []
        : [{ kid: current.kid, state: "retired" as const, retireAt: now + tokenLifeMsMax }]),
      { kid: next.kid, state: "current" as const, retireAt: null },
    ],
    generate: "next",
  };
}

/** True while verifiers must find the key in the published set. */
export function isPublished(key: Pick<RotatingKey, "state" | "retireAt">, now: number): boolean {
  return key.state !== "retired" || key.retireAt === null || now < key.retireAt;
}
