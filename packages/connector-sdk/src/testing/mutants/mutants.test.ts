import { expect, it } from "vitest";
import { conformanceChecks } from "../conformance.ts";
import { mutants } from "./mutants.ts";

it("there are fifty checks, numbered, and a mutant for each", () => {
  const numbers = Array.from({ length: 50 }, (_, index) => index + 1);
  expect(conformanceChecks.map(({ id }) => id)).toEqual(numbers);
  expect(mutants.map(({ check }) => check)).toEqual(numbers);
});
