import { describe, expect, it } from "vitest";
import { catchMutant } from "./catch-mutant.ts";
import { mutants } from "./mutants.ts";

// In two files, for two cores.
const half = mutants.filter(({ check }) => check % 2 === 1);

describe("a mutant is caught by its own check, and by no other", () => {
  it.for(half)("$check: $fault", async (mutant) => {
    expect(await catchMutant(mutant)).toEqual([mutant.check]);
  });
});
