import { setTimeout as delay } from "node:timers/promises";
import type { WorkerLog } from "./worker-log.ts";

export interface StopStep {
  /** Completes the sentence "still waiting for …". */
  readonly what: string;
  readonly end: () => Promise<void>;
}

/** What all work is recorded in; each resolves while it answers and rejects otherwise. */
export interface RecordedIn {
  readonly database: () => Promise<void>;
  readonly temporal: () => Promise<void>;
}

export interface StopPace {
  readonly sayEveryMs: number;
  readonly askEveryMs: number;
  /** So long both have to be away: a moment of it is a restart, and they are waited for. */
  readonly awayMs: number;
}

const usualPace: StopPace = { sayEveryMs: 5_000, askEveryMs: 1_000, awayMs: 4_000 };
const answerMsMax = 2_500;

/**
 * Ends one step after the other, and says in the log what it is waiting for. Answers false when it
 * stopped waiting because PostgreSQL and Temporal are both away: what still runs can be recorded
 * nowhere, however long it is given, and is another worker's once they are back.
 */
export async function endInOrder({
  steps,
  recordedIn,
  log,
  pace = usualPace,
}: {
  readonly steps: readonly StopStep[];
  readonly recordedIn: RecordedIn;
  readonly log: Pick<WorkerLog, "info" | "warn">;
  readonly pace?: StopPace;
}): Promise<boolean> {
  const ended = new AbortController();
  let waitingFor = "";
  const inOrder = async () => {
    for (const { what, end } of steps) {
      waitingFor = what;
      await end();
    }
    return true;
  };
  const startedAt = performance.now();
  const saying = setInterval(() => {
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    log.info({ waitingFor, seconds }, "worker still stopping");
  }, pace.sayEveryMs);
  const bothAway = async () => {
    await untilBothAway({ recordedIn, pace, signal: ended.signal });
    log.warn(
      { waitingFor },
      "PostgreSQL and Temporal are both away: what still runs can be recorded nowhere and is left to the worker that comes next",
    );
    return false;
  };
  try {
    return await Promise.race([inOrder(), bothAway()]);
  } finally {
    clearInterval(saying);
    ended.abort();
  }
}

/** Never resolves once `signal` is aborted. */
async function untilBothAway({
  recordedIn,
  pace,
  signal,
}: {
  readonly recordedIn: RecordedIn;
  readonly pace: StopPace;
  readonly signal: AbortSignal;
}): Promise<void> {
  let awaySince: number | null = null;
  while (!signal.aborted) {
    const askedAt = performance.now();
    const answers = await Promise.all([
      doesAnswer(recordedIn.database),
      doesAnswer(recordedIn.temporal),
    ]);
    if (answers.includes(true)) awaySince = null;
    else awaySince ??= askedAt;
    if (awaySince !== null && performance.now() - awaySince >= pace.awayMs && !signal.aborted) {
      return;
    }
    await delay(pace.askEveryMs, undefined, { ref: false, signal }).catch(() => undefined);
  }
  await new Promise<never>(() => undefined);
}

/** One that hangs is as good as away. */
async function doesAnswer(ask: () => Promise<void>): Promise<boolean> {
  const answered = ask().then(
    () => true,
    () => false,
  );
  return await Promise.race([answered, delay(answerMsMax, false, { ref: false })]);
}
