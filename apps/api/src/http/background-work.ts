import type { Logger } from "../observability/create-logger.ts";

export interface BackgroundWork {
  /** Runs the effect without keeping the answer waiting. A failure is logged; whoever must not lose it has an outbox row. */
  run(name: string, effect: () => Promise<void>): void;
  /** Resolves when nothing is running any more. */
  drain(): Promise<void>;
}

/** Effects after an answer, kept in view so that shutting down waits for them. */
export function createBackgroundWork(log: Logger): BackgroundWork {
  const running = new Set<Promise<void>>();
  return {
    run(name, effect) {
      const work = effect()
        .catch((error: unknown) => {
          log.warn(
            { err: error, effect: name },
            "an effect after the answer failed; the outbox will repeat it",
          );
        })
        .finally(() => running.delete(work));
      running.add(work);
    },
    async drain() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}
