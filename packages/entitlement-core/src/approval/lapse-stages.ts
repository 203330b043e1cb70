import type { Instant } from "../kernel/instant.ts";
import type { PlannedStage } from "./approval-path.ts";

/** A stage that nobody settled in time, and what its silence means. */
export interface LapsedStage {
  readonly stage: PlannedStage;
  readonly outcome: "parked" | "denied";
}

/**
 * The asked stages whose due instant has come without a settlement. Silence parks or, where the
 * rule says so, denies. It never approves: there is no third outcome.
 */
export function lapseStages({
  asked,
  now,
}: {
  readonly asked: readonly { readonly stage: PlannedStage; readonly dueAt: Instant }[];
  readonly now: Instant;
}): readonly LapsedStage[] {
  return asked
    .filter(({ dueAt }) => dueAt <= now)
    .map(({ stage }) => ({ stage, outcome: stage.whenSilent === "deny" ? "denied" : "parked" }));
}
