/** Runs at most `max` tasks at once, the rest in the order they came. */
export interface ConcurrencyLimit {
  /** A task whose `signal` aborts while it waits is dropped: it rejects with the signal's reason and never runs. */
  run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export function createConcurrencyLimit({ max }: { readonly max: number }): ConcurrencyLimit {
  let running = 0;
  const waiting = new Set<() => void>();

  function enter(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(toError(signal.reason));
    if (running < max) {
      running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const start = () => {
        signal.removeEventListener("abort", drop);
        resolve();
      };
      const drop = () => {
        waiting.delete(start);
        reject(toError(signal.reason));
      };
      signal.addEventListener("abort", drop, { once: true });
      waiting.add(start);
    });
  }

  // The place is handed on, not given back: nobody who came later can slip in between.
  function leave() {
    const [next] = waiting;
    if (next === undefined) running -= 1;
    else {
      waiting.delete(next);
      next();
    }
  }

  return {
    async run(task, signal) {
      await enter(signal);
      try {
        return await task();
      } finally {
        leave();
      }
    },
  };
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
