import { setTimeout as delay } from "node:timers/promises";

/**
 * `more`: there may be work left, turn again at once. `idle`: wait for a wake-up or for `idleMs`.
 * `pauseMs`: wait that long whoever calls, because the other side asked for it.
 */
export type TurnOutcome = "more" | "idle" | { readonly pauseMs: number };

export interface ServiceLoopInput {
  /** For logs and metrics, such as `outbox-relay`. */
  readonly name: string;
  /** An error is reported and followed by a growing pause; it never ends the loop. */
  readonly turn: (signal: AbortSignal) => Promise<TurnOutcome>;
  readonly idleMs: number;
  /** After a wake-up, wait so long before the turn: what comes in meanwhile is part of it. */
  readonly gatherMs?: number;
  readonly onError: (failure: { readonly name: string; readonly error: unknown }) => void;
  readonly onTurn?: (turn: { readonly name: string; readonly seconds: number }) => void;
}

export interface ServiceLoop {
  /** Ends the current wait; a wake-up during a turn causes another turn. */
  wake(): void;
  /** Resolves when the turn in progress has ended. Its signal is aborted. */
  stop(): Promise<void>;
}

const pauseMsMax = 30_000;

/** Turns until stopped. What drives everything in the worker that Temporal does not. */
export function startServiceLoop(input: ServiceLoopInput): ServiceLoop {
  const stopping = new AbortController();
  let isAwake = false;
  let endWait: (() => void) | null = null;

  const run = async () => {
    let pauseMs = 0;
    while (!stopping.signal.aborted) {
      isAwake = false;
      const startedAt = performance.now();
      try {
        const outcome = await input.turn(stopping.signal);
        input.onTurn?.({ name: input.name, seconds: (performance.now() - startedAt) / 1_000 });
        pauseMs = 0;
        if (typeof outcome === "object") await pause(outcome.pauseMs);
        else if (outcome === "idle" && !isAwake) await wait(input.idleMs);
        if (isAwake && input.gatherMs !== undefined) await pause(input.gatherMs);
      } catch (error) {
        if (stopping.signal.aborted) return;
        input.onError({ name: input.name, error });
        pauseMs = Math.min(Math.max(pauseMs * 2, 100), pauseMsMax);
        // Wake-ups do not shorten this one: whatever failed would be asked without pause.
        await pause(pauseMs);
      }
    }
  };

  const pause = async (ms: number) => {
    await delay(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  };

  const wait = async (ms: number) => {
    const waiting = new AbortController();
    endWait = () => waiting.abort();
    try {
      const signal = AbortSignal.any([waiting.signal, stopping.signal]);
      await delay(ms, undefined, { signal }).catch(() => undefined);
    } finally {
      endWait = null;
    }
  };

  const running = run();
  return {
    wake: () => {
      isAwake = true;
      endWait?.();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
