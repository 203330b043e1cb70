import { expect, it } from "vitest";
import { toJsonText } from "./jsonb.ts";

it("what jsonb refuses becomes the replacement character; everything else stays as it is", () => {
  const odd = { name: "A\u0000B", half: "\ud83d", whole: "😀", list: ["\udc00x"] };
  expect(JSON.parse(toJsonText(odd))).toEqual({
    name: "A\ufffdB",
    half: "\ufffd",
    whole: "😀",
    list: ["\ufffdx"],
  });
  const plain = { text: "\\u0000 is written, not meant", null: null, minor: 12 };
  expect(JSON.parse(toJsonText(plain))).toEqual(plain);
});
