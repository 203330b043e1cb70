import { expect, it } from "vitest";
import { conformanceChecks } from "../conformance.ts";
import { mutants } from "./mutants.ts";

it("there are fifty checks of every connector and five of a billing system's log, and a mutant for each", () => {
  const numbers = Array.from({ length: 55 }, (_, index) => index + 1);
  const ids = conformanceChecks.map(({ id }) => id);
  expect(ids.toSorted((one, other) => one - other)).toEqual(numbers);
  // It is about the time that all the others took.
  expect(ids.at(-1)).toBe(50);
  expect(mutants.map(({ check }) => check)).toEqual(numbers);
});
