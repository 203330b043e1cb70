import { expect, it } from "vitest";
import { clip, createOutput, renderTable } from "./output.ts";

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

it("a long cell stays on its line, and shows that there is more", () => {
  expect(clip("twelve signs", 12)).toBe("twelve signs");
  expect(clip("a sentence that goes on", 12)).toBe("a sentence…");
});
