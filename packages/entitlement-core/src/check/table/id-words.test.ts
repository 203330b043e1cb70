import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idWordCount, readId, writeId } from "./id-words.ts";
import { createInterner } from "./interner.ts";

const chars = "0123456789abcdefghjkmnpqrstvwxyz".split("");
const typeId = fc
  .tuple(
    fc.constantFrom(...chars.slice(0, 8)),
    fc.string({ unit: fc.constantFrom(...chars), minLength: 25, maxLength: 25 }),
  )
  .map(([first, rest]) => `ent_${first}${rest}`);

describe("an id in four words", () => {
  it("comes back letter by letter, whatever text it is", () => {
    const odd = fc.constantFrom(
      "",
      "ent_",
      "ent_01jd8e6q2mf8hr4wv2nq9x5t3",
      "ent_81jd8e6q2mf8hr4wv2nq9x5t3c",
      "ent_01JD8E6Q2MF8HR4WV2NQ9X5T3C",
      "ent_01jd8e6q2mf8hr4wv2nq9x5t3u",
      "ord_01jd8e6q2mf8hr4wv2nq9x5t3c",
      "ent_7zzzzzzzzzzzzzzzzzzzzzzzzz",
      "ent_7zzzzzzzzzzzzzzzzzzzz00000",
      "ent_00000000000000000000000000",
      "ent_01jd8e6q2mf8hr4wv2nq9x5t3é",
    );
    fc.assert(
      fc.property(fc.oneof(typeId, odd, fc.string()), (id) => {
        const strings = createInterner<string>((text) => text);
        const words = new Uint32Array(idWordCount + 2);
        writeId({ id, prefix: "ent", words, at: 1, strings });
        expect(readId({ prefix: "ent", words, at: 1, strings })).toBe(id);
        expect([words[0], words[5]]).toEqual([0, 0]);
      }),
      { numRuns: 3_000 },
    );
  });

  it("a well-formed one takes no memory beside its words", () => {
    fc.assert(
      fc.property(typeId, (id) => {
        const strings = createInterner<string>((text) => text);
        writeId({ id, prefix: "ent", words: new Uint32Array(4), at: 0, strings });
        expect(strings.values).toEqual(id.startsWith("ent_7zzzzzzzzzzzzzzzzzzz") ? [id] : []);
      }),
    );
  });
});
