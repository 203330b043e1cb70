import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSortedKeys } from "./sorted-keys.ts";

const step = fc.record({
  id: fc.integer({ min: 0, max: 20 }).map((n) => `id${String(n).padStart(2, "0")}`),
  key: fc.option(fc.integer({ min: 0, max: 9 })),
});

describe("sorted keys", () => {
  it("hold every id once, at its newest key, in the order (key, id), whatever moved where", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 200 }),
        fc.integer({ min: 0, max: 9 }),
        (steps, from) => {
          const model = new Map<string, number>();
          const sorted = createSortedKeys((id) => model.get(id));
          for (const { id, key } of steps) {
            const previous = model.get(id);
            if (key === null) {
              model.delete(id);
              if (previous !== undefined) sorted.drop({ id, key: previous });
            } else {
              model.set(id, key);
              sorted.place({ id, key, previous });
            }
          }
          const expected = [...model.entries()]
            .sort(([left, one], [right, other]) => one - other || (left < right ? -1 : 1))
            .map(([id]) => id);
          expect([...sorted.ascending()]).toEqual(expected);
          expect([...sorted.descending()]).toEqual([...expected].reverse());
          expect([...sorted.ascending({ from })]).toEqual(
            expected.filter((id) => (model.get(id) as number) >= from),
          );
        },
      ),
    );
  });

  it("drop left-over entries before they outnumber the living ones", () => {
    const keys = new Map<string, number>([["a", 0]]);
    const sorted = createSortedKeys((id) => keys.get(id));
    sorted.place({ id: "a", key: 0 });
    for (let key = 1; key <= 10_000; key += 1) {
      const previous = keys.get("a");
      keys.set("a", key);
      sorted.place({ id: "a", key, previous });
    }
    expect([...sorted.ascending()]).toEqual(["a"]);
    expect([...sorted.ascending({ from: 10_000 })]).toEqual(["a"]);
  });
});
