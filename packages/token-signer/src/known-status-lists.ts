import { refused, type Verified } from "./refusal.ts";
import { covers, statusAt, type TokenStatus } from "./status-bits.ts";
import type { TrustedKeys } from "./trusted-keys.ts";
import { type StatusList, verifyStatusList } from "./verify-status-list.ts";

/** The newest believed status list of each address. */
export interface KnownStatusLists {
  /**
   * Takes a newly fetched list if it is believed and not older than the one at hand: replaying an
   * old list must not bring a revoked token back (`older_than_known`).
   */
  take(fetched: {
    readonly compact: string;
    readonly uri: string;
    readonly now: number;
  }): Verified<StatusList>;
  /** `unknown`: no list of that address, a list past its end, or an index it does not speak of. */
  statusOf(token: {
    readonly uri: string;
    readonly index: number;
    readonly now: number;
  }): TokenStatus | "unknown";
  /** Addresses whose list should be fetched again, by its `ttl`. */
  due(now: number): readonly string[];
}

export function createKnownStatusLists({
  keys,
  issuer,
}: {
  /** Asked at each `take`, so that a rotation is seen. */
  readonly keys: () => TrustedKeys;
  readonly issuer: string;
}): KnownStatusLists {
  const lists = new Map<string, StatusList>();
  return {
    take({ compact, uri, now }) {
      const verified = verifyStatusList({ compact, keys: keys(), issuer, uri, now });
      if (!verified.ok) return verified;
      const known = lists.get(uri);
      if (known !== undefined && verified.value.issuedAt < known.issuedAt) {
        return refused("older_than_known");
      }
      lists.set(uri, verified.value);
      return verified;
    },
    statusOf({ uri, index, now }) {
      const list = lists.get(uri);
      if (list === undefined || !(now < list.expiresAt) || !covers(list.bits, index))
        return "unknown";
      return statusAt({ bits: list.bits, index });
    },
    due: (now) =>
      [...lists.values()]
        .filter((list) => list.issuedAt + list.ttlSeconds * 1000 <= now)
        .map(({ uri }) => uri),
  };
}
