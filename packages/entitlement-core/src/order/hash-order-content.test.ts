import { expect, it } from "vitest";
import { contentOf } from "../testing/a-deal.ts";
import { hashOrderContent } from "./hash-order-content.ts";
import type { OrderContent } from "./order-content.ts";

const content = contentOf();

it("does not see in which order the keys were written", () => {
  expect(hashOrderContent(reversedKeys(content) as OrderContent)).toBe(hashOrderContent(content));
});

it("sees a change of every single field", () => {
  const hashes = new Set([hashOrderContent(content)]);
  const changed = eachLeafChanged(content);
  for (const one of changed) hashes.add(hashOrderContent(one as OrderContent));
  expect(changed.length).toBeGreaterThan(18);
  expect(hashes.size).toBe(changed.length + 1);
});

it("sees in which order the lines stand", () => {
  const [line] = content.lines;
  const other = { ...line, lineId: "other" };
  const hash = (lines: OrderContent["lines"]) => hashOrderContent({ ...content, lines });
  expect(hash([line, other])).not.toBe(hash([other, line]));
});

function reversedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversedKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, one]) => [key, reversedKeys(one)]),
  );
}

/** One copy for each leaf, in which that leaf is another value. */
function eachLeafChanged(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null) {
    return [typeof value === "number" ? value + 1 : `${String(value)}!`];
  }
  const entries = Object.entries(value);
  return entries.flatMap(([key, one]) =>
    eachLeafChanged(one).map((changed) =>
      Array.isArray(value)
        ? value.map((item, index) => (String(index) === key ? changed : item))
        : { ...value, [key]: changed },
    ),
  );
}
