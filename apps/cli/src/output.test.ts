import { expect, it } from "vitest";
import { createOutput, renderTable } from "./output.ts";

it("with --json exactly one document is printed, whatever is said besides", () => {
  const written: string[] = [];
  const output = createOutput({ json: true, write: (text) => written.push(text) });
  output.say("working …");
  output.answer({ yes: true }, () => "yes");
  expect(JSON.parse(written.join(""))).toEqual({ yes: true });
});

it("a table of nothing says so in a sentence", () => {
  expect(renderTable({ columns: ["a"], rows: [], empty: "There is nothing." })).toBe(
    "There is nothing.",
  );
});
