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
  /**
   * Says that `answers` are those to the list in `text`. It is known from the second time on: most
   * lists that came once never come again, and keeping them would take longer than they save.
   */
  note(text: string, answers: readonly KeptAnswer[]): void;
  forgetAll(): void;
}

interface KnownList {
  readonly text: string;
  readonly answers: readonly KeptAnswer[];
  /** What of the budget it holds. */
  readonly held: number;
}

/** The texts of all lists together: some hundred lists of a hundred questions. */
const charactersMax = 4_000_000;
const cameOnceMax = 1_000;

export function createKnownLists(account: Pick<AnswersAccount, "spend" | "release">): KnownLists {
  // Of two lists with the same fingerprint the later one is known; the text decides which one it is.
  const byFingerprint = new Map<number, KnownList>();
  const cameOnce = new Set<number>();
  let characters = 0;

  const forget = (fingerprint: number, { text, held }: KnownList) => {
    byFingerprint.delete(fingerprint);
    characters -= text.length;
    account.release(held);
  };
  const forgetAll = () => {
    for (const [fingerprint, list] of byFingerprint) forget(fingerprint, list);
    cameOnce.clear();
  };

  return {
    answersTo(text, at) {
      const list = byFingerprint.get(fingerprintOf(text));
      if (list === undefined || list.text !== text) return undefined;
      return list.answers.every((answer) => holdsAt(answer, at)) ? list.answers : undefined;
    },
    note(text, answers) {
      const fingerprint = fingerprintOf(text);
      if (!cameOnce.has(fingerprint)) {
        if (cameOnce.size >= cameOnceMax) cameOnce.clear();
        cameOnce.add(fingerprint);
        return;
      }
      const before = byFingerprint.get(fingerprint);
      if (before !== undefined) forget(fingerprint, before);
      // They are a convenience: when they have become too many, they are simply known anew.
      if (characters + text.length > charactersMax) forgetAll();
      const held = charactersOf(text, answers);
      byFingerprint.set(fingerprint, { text, answers, held });
      characters += text.length;
      account.spend(held);
    },
    forgetAll,
  };
}

const samples = 128;

/**
 * A number that other texts seldom have as well, from characters all over the text. A map of the
 * texts themselves would hash every character of every list, known or not.
 */
function fingerprintOf(text: string): number {
  const step = text.length / samples;
  let fingerprint = text.length;
  for (let sample = 0; sample < samples; sample += 1) {
    fingerprint = (Math.imul(fingerprint, 31) + text.charCodeAt(sample * step)) | 0;
  }
  return fingerprint;
}

/** With its answers: a list holds on to them also once others have taken their place. */
function charactersOf(text: string, answers: readonly KeptAnswer[]): number {
  let characters = entryCharacters + text.length;
  for (const { octets } of answers) characters += octets.length;
  return characters;
}
