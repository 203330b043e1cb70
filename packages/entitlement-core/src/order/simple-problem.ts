import type { Problem } from "./problem.ts";

/** A problem that is one thing, at no record in particular. */
export function simpleProblem({
  code,
  sentence,
  resumeAt,
}: Pick<Problem, "code" | "sentence" | "resumeAt">): Problem {
  return {
    code,
    sentence,
    where: null,
    resumeAt,
    blockedOnProductCodes: [],
    faults: [{ code, sentence, where: null }],
  };
}

/** `: “text”` to put behind a clause, or nothing when there is no text. */
export function quoted(text: string | null): string {
  const trimmed = text?.trim() ?? "";
  return trimmed === "" ? "" : `: “${trimmed.replace(/[.\s]+$/, "")}”`;
}

/** True when the two say the same: telling it twice would only make the timeline longer. */
export function isSameProblem(one: Problem, other: Problem): boolean {
  return (
    one.code === other.code &&
    one.sentence === other.sentence &&
    one.resumeAt === other.resumeAt &&
    one.faults.length === other.faults.length &&
    one.faults.every((fault, index) => fault.sentence === other.faults[index]?.sentence)
  );
}
