import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiProblem } from "./api-problem.ts";
import { parseJson } from "./parse-json.ts";

const parse = (text: string) => parseJson({ text, depthMax: 8 });
const codeOf = (text: string): string => {
  try {
    parse(text);
    return "accepted";
  } catch (error) {
    return error instanceof ApiProblem ? error.code : String(error);
  }
};

describe("parseJson", () => {
  it("reads whatever JSON.stringify writes, in any layout", () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 5 }),
        fc.constantFrom(undefined, 1, "\t"),
        (value, space) => {
          const text = JSON.stringify(value, null, space);
          if (/\\u(0000|d[89ab])/i.test(text) || /\p{Surrogate}/u.test(text)) return;
          expect(parse(text)).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"a" :2}',
    '{"a" : 1, "b": {"c":1,\n"c"\t: 2}}',
    '[{"x":1},{"y":1,"y":1}]',
    '{"text":"\\":","a":1,"a":2}',
    '{"\\u0061":1,"a":2}',
  ])("refuses a key that is spelled twice in one object: %s", (text) => {
    expect(codeOf(text)).toBe("malformed_json");
  });

  it.each([
    '{"a":"\\":\\":","b":{"a":1}}',
    '{"a" :1}',
    '[{"a":1},{"a":1}]',
    '{"a:":":"}',
    '{":":":"}',
    '{"\\":":1}',
  ])("is not misled by colons and quotes inside of texts: %s", (text) => {
    expect(codeOf(text)).toBe("accepted");
  });

  it("refuses deep nesting without going down itself", () => {
    expect(codeOf("[".repeat(8) + "]".repeat(8))).toBe("accepted");
    expect(codeOf("[".repeat(9) + "]".repeat(9))).toBe("body_too_deep");
    expect(codeOf("[".repeat(200_000) + "]".repeat(200_000))).toMatch(
      /body_too_deep|malformed_json/,
    );
    expect(codeOf(`${'{"a":'.repeat(9)}1${"}".repeat(9)}`)).toBe("body_too_deep");
  });

  it.each(["", " ", "{", "{'a':1}", "nul", "[1,]", '{"a":NaN}', "\u0000", "<html>", '"\n"'])(
    "refuses %j as malformed, without repeating it",
    (text) => {
      expect(codeOf(text)).toBe("malformed_json");
    },
  );

  it("refuses text that the database cannot hold", () => {
    expect(codeOf('{"a":"x\\u0000y"}')).toBe("invalid_request");
    expect(codeOf('{"a":["\\ud800"]}')).toBe("invalid_request");
    expect(codeOf('{"\\udc00":1}')).toBe("invalid_request");
    expect(codeOf('{"a":"\\ud83d\\ude00"}')).toBe("accepted");
  });
});
