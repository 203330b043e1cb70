import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  log,
  sleep,
} from "@temporalio/workflow";

const pauseSecondsFirst = 5;
const pauseSecondsMax = 300;

/**
 * Calls until our own database takes the call. While it is away the run sleeps in durable timers:
 * it neither fails nor needs anyone to wake it. Every other failure is the caller's.
 */
export async function untilDatabaseAnswers<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (let pause = pauseSecondsFirst; ; pause = Math.min(pause * 2, pauseSecondsMax)) {
    try {
      return await call();
    } catch (error) {
      if (isCancellation(error) || !isDatabaseAway(error)) throw error;
      log.warn("The database does not answer; trying again later.", { pauseSeconds: pause });
      await sleep(pause * 1_000);
    }
  }
}

/** `database_away` is a type of `ownFailureTypes`; a time-out means that not even an error came. */
function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof ActivityFailure)) return false;
  const { cause } = error;
  if (cause instanceof ApplicationFailure) return cause.type === "database_away";
  return cause?.name === "TimeoutFailure";
}
