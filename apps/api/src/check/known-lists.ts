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

export function createKnownLists(): KnownLists {
  const byText = new Map<string, readonly KeptAnswer[]>();
  let characters = 0;
  const forgetAll = () => {
    byText.clear();
    characters = 0;
  };
  return {
    answersTo(text, at) {
      const answers = byText.get(text);
      return answers?.every((answer) => holdsAt(answer, at)) === true ? answers : undefined;
    },
    keep(text, answers) {
      if (!byText.has(text)) characters += text.length;
      // They are a convenience: when they have become too many, they are simply known anew.
      if (characters > charactersMax) {
        forgetAll();
        characters = text.length;
      }
      byText.set(text, answers);
    },
    forgetAll,
  };
}
