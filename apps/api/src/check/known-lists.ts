import { type AnswersAccount, entryCharacters } from "./answers-budget.ts";
import { holdsAt, type KeptAnswer } from "./kept-answer.ts";

/**
 * Lists of questions that came before in the very same characters, as from a page that asks about
 * the same features each time it is opened. Such a list is not taken apart again, which for a
 * hundred questions costs more than all their answers do.
 */
export interface KnownLists {
  /** The answers to the list of exactly this text, should all of them still hold at the instant. */
  answersTo(text: string, at: number): readonly KeptAnswer[] | undefined;
  /** Says that `answers` are those to the list in `text`. */
  keep(text: string, answers: readonly KeptAnswer[]): void;
  forgetAll(): void;
}

/** The texts of all lists together: some hundred lists of a hundred questions. */
const charactersMax = 4_000_000;

export function createKnownLists(account: Pick<AnswersAccount, "spend" | "release">): KnownLists {
  const byText = new Map<string, readonly KeptAnswer[]>();
  let characters = 0;
  let held = 0;
  const forgetAll = () => {
    account.release(held);
    byText.clear();
    characters = 0;
    held = 0;
  };
  return {
    answersTo(text, at) {
      const answers = byText.get(text);
      return answers?.every((answer) => holdsAt(answer, at)) === true ? answers : undefined;
    },
    keep(text, answers) {
      const before = byText.get(text);
      if (before === undefined) characters += text.length;
      // They are a convenience: when they have become too many, they are simply known anew.
      if (characters > charactersMax) {
        forgetAll();
        characters = text.length;
      } else if (before !== undefined) {
        const freed = charactersOf(text, before);
        held -= freed;
        account.release(freed);
      }
      byText.set(text, answers);
      const taken = charactersOf(text, answers);
      held += taken;
      account.spend(taken);
    },
    forgetAll,
  };
}

/** With its answers: a list holds on to them also once others have taken their place. */
function charactersOf(text: string, answers: readonly KeptAnswer[]): number {
  let characters = entryCharacters + text.length;
  for (const { octets } of answers) characters += octets.length;
  return characters;
}
