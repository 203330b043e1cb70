import { describe, expect, it } from "vitest";
import { conformanceChecks, runConformance } from "../conformance.ts";
import { conformance } from "../reference/testing/acme-conformance.ts";
import { mutants } from "./mutants.ts";

describe("the kit proves itself", () => {
  it("has fifty checks, numbered, and a mutant for each", () => {
    const numbers = Array.from({ length: 50 }, (_, index) => index + 1);
    expect(conformanceChecks.map(({ id }) => id)).toEqual(numbers);
    expect(mutants.map(({ check }) => check)).toEqual(numbers);
  });

  it("the reference connector passes all fifty", async () => {
    const { results, score, isConformant } = await runConformance(conformance);
    expect(results.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
    expect({ score, isConformant }).toEqual({
      score: { passed: 50, asked: 50 },
      isConformant: true,
    });
  }, 60_000);
});
