import { beforeEach, expect, it } from "vitest";
import { toOctets } from "./answer-text.ts";
import { createAnswersBudget } from "./answers-budget.ts";
import type { KeptAnswer } from "./kept-answer.ts";
import { createKnownLists, type KnownLists } from "./known-lists.ts";

let lists: KnownLists;
beforeEach(() => {
  lists = createKnownLists(createAnswersBudget().openAccount(() => undefined));
});

function answer({ from = 0, until }: { readonly from?: number; readonly until: number }) {
  return { octets: toOctets("{}"), from, until } as KeptAnswer;
}

/** As one that comes a second time. */
function keep(text: string, answers: readonly KeptAnswer[]) {
  lists.note(text, answers);
  lists.note(text, answers);
}

it("is known from the second time on", () => {
  const answers = [answer({ until: 20 })];
  lists.note("[…]", answers);
  expect(lists.answersTo("[…]", 1)).toBeUndefined();
  lists.note("[…]", answers);
  expect(lists.answersTo("[…]", 1)).toBe(answers);
});

it("is never taken for another one, however alike they are", () => {
  // 300 characters that differ in one place each: more places than a fingerprint looks at.
  const texts = Array.from({ length: 300 }, (_, place) => `${"a".repeat(place)}b`.padEnd(300, "a"));
  const answers = texts.map(() => [answer({ until: 20 })]);
  for (const [index, text] of texts.entries()) keep(text, answers[index] ?? []);
  for (const [index, text] of texts.entries()) {
    const known = lists.answersTo(text, 1);
    if (known !== undefined) expect(known).toBe(answers[index]);
  }
  expect(lists.answersTo(texts.at(-1) ?? "", 1)).toBe(answers.at(-1));
});

it("holds from when the last of its answers begins to when the first one ends, and not at it", () => {
  const answers = [answer({ until: 20 }), answer({ from: 5, until: 30 })];
  keep("[…]", answers);
  expect([4, 5, 19, 20].map((at) => lists.answersTo("[…]", at))).toEqual([
    undefined,
    answers,
    answers,
    undefined,
  ]);
});

it("is gone with the first of its answers that something else took the place of", () => {
  const replaced = answer({ until: 20 });
  keep("[…]", [answer({ until: 20 }), replaced]);
  replaced.until = Number.NEGATIVE_INFINITY;
  expect(lists.answersTo("[…]", 10)).toBeUndefined();
});

it("takes no more memory however many different lists are asked", () => {
  const text = (number: number) => `${number}`.padEnd(1_000_000, " ");
  for (let number = 0; number < 4; number += 1) keep(text(number), [answer({ until: 20 })]);
  expect(lists.answersTo(text(0), 1)).toBeDefined();
  keep(text(4), [answer({ until: 20 })]);
  expect([0, 1, 2, 3, 4].map((number) => lists.answersTo(text(number), 1) !== undefined)).toEqual([
    false,
    false,
    false,
    false,
    true,
  ]);
});
