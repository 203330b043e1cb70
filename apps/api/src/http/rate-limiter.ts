/** How many requests one key may make in one window. */
export interface RatePolicy {
  readonly name: string;
  readonly requestsMax: number;
  readonly windowMs: number;
}

export interface RateVerdict {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Whole seconds until the window starts anew, at least 1. */
  readonly resetSeconds: number;
}

interface Window {
  startedAt: number;
  count: number;
}

/**
 * Counts requests in fixed windows, in this process. Synchronous, and one map lookup: it stands
 * before every request. Several API processes each allow the full policy.
 */
export function createRateLimiter(policy: RatePolicy): {
  readonly policy: RatePolicy;
  take(input: { readonly key: string; readonly now: number }): RateVerdict;
} {
  const windows = new Map<string, Window>();
  let sweptAt = 0;
  return {
    policy,
    take({ key, now }) {
      if (now - sweptAt > policy.windowMs) {
        sweptAt = now;
        for (const [one, window] of windows)
          if (now - window.startedAt >= policy.windowMs) windows.delete(one);
      }
      let window = windows.get(key);
      if (window === undefined || now - window.startedAt >= policy.windowMs) {
        window = { startedAt: now, count: 0 };
        windows.set(key, window);
      }
      window.count += 1;
      return {
        allowed: window.count <= policy.requestsMax,
        remaining: Math.max(0, policy.requestsMax - window.count),
        resetSeconds: Math.max(1, Math.ceil((window.startedAt + policy.windowMs - now) / 1_000)),
      };
    },
  };
}

/** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). */
export function rateHeaders(policy: RatePolicy, verdict: RateVerdict): Record<string, string> {
  return {
    "RateLimit-Policy": `"${policy.name}";q=${policy.requestsMax};w=${Math.ceil(policy.windowMs / 1_000)}`,
    RateLimit: `"${policy.name}";r=${verdict.remaining};t=${verdict.resetSeconds}`,
  };
}
