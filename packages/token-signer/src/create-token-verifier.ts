import { signatureChars } from "./compact-jws.ts";
import type { KnownStatusLists } from "./known-status-lists.ts";
import { type Refusal, refused, type Verified } from "./refusal.ts";
import type { TrustedKeys } from "./trusted-keys.ts";
import {
  outOfTime,
  type TokenExpectations,
  toleranceMs,
  type VerifiedToken,
  verifyToken,
} from "./verify-token.ts";

export interface TokenVerifier {
  /** `now` is milliseconds since 1970. The claims are frozen: they are shared between callers. */
  verify(presented: { readonly compact: string; readonly now: number }): Verified<VerifiedToken>;
  /** Believes other keys from now on and forgets every verdict, as one by a withdrawn key would stand. */
  replaceKeys(keys: TrustedKeys): void;
}

interface Remembered {
  readonly compact: string;
  readonly verified: Verified<VerifiedToken> & { readonly ok: true };
}

export interface TokenVerifierSettings extends TokenExpectations {
  /** Where revocations are known from; null verifies without them. */
  readonly statusLists: Pick<KnownStatusLists, "statusOf"> | null;
  /** What becomes of a token whose status nobody knows. `refuse` unless set. */
  readonly whenStatusUnknown?: "refuse" | "accept";
  /** Verified tokens kept, at least 1; 10,000 unless set. */
  readonly cacheEntriesMax?: number;
}

/**
 * Verifies tokens that come again and again. A signature is checked once per token; its time and
 * its revocation are looked at each time. An entry is found by the token's signature and counts
 * only for the very same text, every character compared: no two tokens share a verdict.
 * Only believed tokens are kept, so a flood of forged ones cannot push them out.
 */
export function createTokenVerifier({
  statusLists,
  whenStatusUnknown = "refuse",
  cacheEntriesMax = 10_000,
  ...settings
}: TokenVerifierSettings): TokenVerifier {
  const tolerance = toleranceMs(settings);
  let expected: TokenExpectations = settings;
  // Two generations make a bounded cache in which what is used stays, without a list to maintain.
  const generationMax = Math.max(1, Math.ceil(cacheEntriesMax / 2));
  let young = new Map<string, Remembered>();
  let old: typeof young = new Map();

  const recall = (signature: string, compact: string): Remembered | undefined => {
    const entry = young.get(signature);
    if (entry !== undefined) return entry.compact === compact ? entry : undefined;
    const aged = old.get(signature);
    if (aged === undefined || aged.compact !== compact) return undefined;
    keep(signature, aged);
    return aged;
  };

  const keep = (signature: string, entry: Remembered): void => {
    if (young.size >= generationMax) {
      old = young;
      young = new Map();
    }
    young.set(signature, entry);
  };

  const standing = ({ claims }: VerifiedToken, now: number): Refusal | null => {
    const untimely = outOfTime({ claims, now, toleranceMs: tolerance });
    if (untimely !== null || statusLists === null) return untimely;
    const { idx, uri } = claims.status.status_list;
    const status = statusLists.statusOf({ uri, index: idx, now });
    if (status === "revoked") return "revoked";
    return status === "unknown" && whenStatusUnknown === "refuse" ? "status_unknown" : null;
  };

  return {
    verify({ compact, now }) {
      const signature = compact.slice(-signatureChars);
      let entry = recall(signature, compact);
      if (entry === undefined) {
        const fresh = verifyToken({ ...expected, compact, now });
        if (!fresh.ok) return fresh;
        entry = { compact, verified: deepFreeze(fresh) };
        keep(signature, entry);
      }
      const { verified } = entry;
      const refusal = standing(verified.value, now);
      return refusal === null ? verified : refused(refusal);
    },
    replaceKeys(keys) {
      expected = { ...expected, keys };
      young = new Map();
      old = new Map();
    },
  };
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null) deepFreeze(inner as object);
  }
  return Object.freeze(value);
}
