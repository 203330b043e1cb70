import type { KeptAnswer } from "./kept-answer.ts";
import type { TenantRights } from "./tenant-rights.ts";

type Known = Pick<TenantRights, "answerToText" | "lists">;

/**
 * The kept answers of a list whose every question was asked before in exactly these characters;
 * null when one was not, or the text is no such list: then it has to be read.
 */
export function answersToKnownList(
  rights: Known,
  text: string,
  at: number,
  answersMax: number,
): readonly KeptAnswer[] | null {
  const before = rights.lists.answersTo(text, at);
  if (before !== undefined) return before;
  const answers = answersToEach(rights, text, at, answersMax);
  if (answers !== null) rights.lists.note(text, answers);
  return answers;
}

/**
 * Nothing is parsed here, and nothing has to be: a text is kept as a question's only if it is one
 * whole JSON object. So texts of questions with commas between them and brackets around are, by
 * JSON's own grammar (RFC 8259 §2), the list of those questions and nothing else, wherever the
 * cuts between them were guessed from.
 */
function answersToEach(
  rights: Known,
  text: string,
  at: number,
  answersMax: number,
): readonly KeptAnswer[] | null {
  const opening = openings.find((one) => text.startsWith(one.start));
  if (opening === undefined || !text.endsWith(opening.end)) return null;
  const end = text.length - opening.end.length + 1;
  const answers: KeptAnswer[] = [];
  for (let from = opening.start.length - 1; answers.length < answersMax; ) {
    const cut = text.indexOf("},{", from);
    const to = cut === -1 || cut >= end - 1 ? end : cut + 1;
    const answer = rights.answerToText(text.slice(from, to), at);
    if (answer === undefined) return null;
    answers.push(answer);
    if (to === end) return answers;
    from = to + 1;
  }
  return null;
}

/** Both ways to send a list; each with the brace of its first and last question. */
const openings = [
  { start: '{"checks":[{', end: "}]}" },
  { start: "[{", end: "}]" },
] as const;
