/** Tokens of one connection that outlive the process. The refresh token is a secret worth the whole connection. */
export interface StoredTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/**
 * Where a connection keeps tokens that rotate: a refresh token works once, so that two processes
 * must never spend the same one, and a new one must not be lost to a crash.
 */
export interface TokenStore {
  /** What stands now; null before the first exchange. */
  read(): Promise<StoredTokens | null>;
  /**
   * Exchanges tokens while nobody else can, in any process. `renew` is given what stands now, which
   * may be newer than what the caller holds: then there is nothing left to do but to return it. What
   * it returns is stored before this resolves; when it throws, nothing changes.
   */
  exchange(renew: (current: StoredTokens | null) => Promise<StoredTokens>): Promise<StoredTokens>;
}
