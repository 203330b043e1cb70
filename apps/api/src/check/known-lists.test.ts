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

it("holds from when the last of its answers begins to when the first one ends, and not at it", () => {
  const answers = [answer({ until: 20 }), answer({ from: 5, until: 30 })];
  lists.keep("[…]", answers);
  expect([4, 5, 19, 20].map((at) => lists.answersTo("[…]", at))).toEqual([
    undefined,
    answers,
    answers,
    undefined,
  ]);
});

it("is gone with the first of its answers that something else took the place of", () => {
  const replaced = answer({ until: 20 });
  lists.keep("[…]", [answer({ until: 20 }), replaced]);
  replaced.until = Number.NEGATIVE_INFINITY;
  expect(lists.answersTo("[…]", 10)).toBeUndefined();
});

it("takes no more memory however many different lists are asked", () => {
  const text = (number: number) => `${number}`.padEnd(1_000_000, " ");
  for (let number = 0; number < 4; number += 1) lists.keep(text(number), [answer({ until: 20 })]);
  expect(lists.answersTo(text(0), 1)).toBeDefined();
  lists.keep(text(4), [answer({ until: 20 })]);
  expect([0, 1, 2, 3, 4].map((number) => lists.answersTo(text(number), 1) !== undefined)).toEqual([
    false,
    false,
    false,
    false,
    true,
  ]);
});
