import { ActivityFailure, ApplicationFailure, TimeoutFailure } from "@temporalio/workflow";
import type { StepFailure } from "@usher/activities";

/** A caught failure in the words that `recordFailure` takes; whatever was not foreseen is `unexpected_failure`. */
export function toStepFailure({
  step,
  error,
}: {
  readonly step: StepFailure["step"];
  readonly error: unknown;
}): StepFailure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const [where] = (cause.details ?? []) as [StepFailure["where"]?];
    return {
      step,
      type: cause.type ?? "unexpected_failure",
      message: cause.message,
      where: where ?? null,
    };
  }
  if (cause instanceof TimeoutFailure) {
    // The last attempt's own failure says more than "timed out".
    return cause.cause instanceof ApplicationFailure
      ? toStepFailure({ step, error: cause.cause })
      : {
          step,
          type: "transient",
          message: `No answer in time (${cause.timeoutType}).`,
          where: null,
        };
  }
  return {
    step,
    type: "unexpected_failure",
    message: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
    where: null,
  };
}
