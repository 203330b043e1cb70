import { type AbilityFacts, findAbility } from "./ability.ts";
import type { ConformanceCheck } from "./conformance-check.ts";
import { bypassOf, type ConformanceSubject } from "./conformance-subject.ts";

export type CheckJudgment =
  | { readonly kind: "runs" }
  | { readonly kind: "beyond" | "skipped" | "unproven"; readonly because: string };

/** Whether a check is about this connector, and can be run. What it does not do at all needs no reason. */
export function judgeCheck(input: {
  readonly check: ConformanceCheck;
  readonly subject: Pick<ConformanceSubject, "skips">;
  readonly facts: AbilityFacts;
}): CheckJudgment {
  const { check, subject, facts } = input;
  const verdicts = check.needs.map((ability) => findAbility(ability, facts));
  const beyond = verdicts.find((verdict) => verdict.kind === "beyond");
  if (beyond?.kind === "beyond") return beyond;
  const reason = bypassOf(subject, check.id);
  if (reason !== null) return { kind: "skipped", because: reason };
  const unproven = verdicts.find((verdict) => verdict.kind === "unproven");
  return unproven?.kind === "unproven" ? unproven : { kind: "runs" };
}
