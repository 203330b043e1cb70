import type { Database } from "@usher/database";
import type { ApiKeyCache } from "../auth/api-key-cache.ts";
import type { KeyUseRecorder } from "../auth/key-use-recorder.ts";
import type { Logger } from "../observability/create-logger.ts";
import type { BackgroundWork } from "./background-work.ts";
import type { createRateLimiter } from "./rate-limiter.ts";

type RateLimiter = ReturnType<typeof createRateLimiter>;

/** What serving any route takes. */
export interface ServeDependencies {
  readonly database: Database;
  readonly log: Logger;
  readonly clock: () => number;
  readonly keys: ApiKeyCache;
  readonly uses: KeyUseRecorder;
  readonly limiter: RateLimiter;
  readonly checkLimiter: RateLimiter;
  readonly background: BackgroundWork;
  readonly requestTimeoutMs: number;
}
