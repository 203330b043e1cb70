import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAnswersBudget } from "./answers-budget.ts";
import type { KeptAnswer } from "./kept-answer.ts";
import { createKnownLists } from "./known-lists.ts";
import { answersToKnownList } from "./known-questions.ts";

const answersMax = 5;
// Names that look like the seams between questions.
const names = ["acme", "},{", '"},{"', '{"checks":[{', "}]}", "a,b", "ü"];
const questions = names.flatMap((customer) => [
  { customer, feature: "sso" },
  { customer, feature: "seats", amount: 2, country: "DE" },
]);
const texts = questions.map((question) => JSON.stringify(question));
const known = new Map(
  texts.map((text) => [text, { octets: text, from: 0, until: 10 } as unknown as KeptAnswer]),
);
const rights = {
  answerToText: (text: string) => known.get(text),
  lists: createKnownLists(createAnswersBudget().openAccount(() => undefined)),
};
/** Asked three times: by then the list as a whole is known, which must make no difference. */
const find = (text: string) => {
  const first = answersToKnownList(rights, text, 0, answersMax);
  for (let time = 2; time <= 3; time += 1)
    expect(answersToKnownList(rights, text, 0, answersMax)).toEqual(first);
  return first;
};

/** What a parser makes of the text: the questions of the list, each as everybody would write it. */
function parsed(text: string): readonly string[] {
  const value = JSON.parse(text) as { readonly checks: readonly object[] } | readonly object[];
  const list = Array.isArray(value) ? value : (value as { readonly checks: object[] }).checks;
  return list.map((one) => JSON.stringify(one));
}

describe("a list of known questions", () => {
  it("is answered in order, in both ways to send it", () => {
    const list = fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: answersMax });
    fc.assert(
      fc.property(list, fc.boolean(), (asked, isBare) => {
        const joined = asked.join(",");
        const found = find(isBare ? `[${joined}]` : `{"checks":[${joined}]}`);
        // A name that holds a seam may be cut in two; then it is read like any other list.
        if (asked.some((text) => text.slice(1, -1).includes("},{"))) return;
        expect(found?.map(({ octets }) => octets)).toEqual(asked);
      }),
    );
  });

  it("means what a parser makes of it, however it is put together", () => {
    const pieces = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...texts) },
      fc.constantFrom(",", "},{", '{"checks":[', "[", "]", "]}", "{", "}", " ", '"', "1"),
    );
    let answered = 0;
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 9 }),
        fc.constantFrom("", "[", '{"checks":['),
        fc.constantFrom("", "]", "]}"),
        (middle, start, end) => {
          const text = start + middle.join("") + end;
          const found = find(text);
          if (found === null) return;
          answered += 1;
          expect(found.map(({ octets }) => octets)).toEqual(parsed(text));
        },
      ),
      { numRuns: 20_000 },
    );
    expect(answered).toBeGreaterThan(100);
  });

  it("is read when one of them is not known, and when there are too many", () => {
    expect(find(`[${texts[0]},{"customer":"new","feature":"sso"}]`)).toBeNull();
    expect(
      find(`[${Array.from({ length: answersMax + 1 }, () => texts[0]).join(",")}]`),
    ).toBeNull();
    expect(find("[]")).toBeNull();
    expect(find("")).toBeNull();
  });
});
