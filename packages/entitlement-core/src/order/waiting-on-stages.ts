import { earliestOf, type Instant, instantToIso } from "../kernel/instant.ts";
import type { StageToAsk } from "./next-step.ts";
import type { WaitingOn } from "./problem.ts";

const namesShownMax = 3;

/** Who is asked, for people: `Finance: Dana Kim or Lee Park; Legal: Ana Silva`. Due is the earliest due instant. */
export function waitingOnStages({
  asked,
  names,
  since,
}: {
  readonly asked: readonly [StageToAsk, ...StageToAsk[]];
  /** A person's name by e-mail address in lower case. */
  readonly names: Readonly<Record<string, string>>;
  readonly since: Instant;
}): WaitingOn {
  const due = earliestOf(asked.map(({ dueAt }) => dueAt) as [Instant, ...Instant[]]);
  return {
    who: asked.map((one) => `${one.stage.name}: ${peopleText(one, names)}`).join("; "),
    sinceIso: instantToIso(since),
    dueIso: instantToIso(due),
  };
}

function peopleText(
  { stage, approverEmails }: StageToAsk,
  names: Readonly<Record<string, string>>,
): string {
  const people = approverEmails.map(
    (email) => (Object.hasOwn(names, email) ? names[email] : undefined) ?? email,
  );
  const shown = people.slice(0, namesShownMax);
  const hidden = people.length - shown.length;
  if (hidden > 0) shown.push(`${hidden} more`);
  const last = shown.pop() ?? "nobody";
  const link = stage.quorum.kind === "all" ? "and" : "or";
  return shown.length === 0 ? last : `${shown.join(", ")} ${link} ${last}`;
}
