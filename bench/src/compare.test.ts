import { describe, expect, it } from "vitest";
import type { Comparison } from "./benchmark.ts";
import { compare } from "./compare.ts";

/** Two sides that answer from lists, and a record of who was measured when. */
function aComparison(change: Partial<Comparison> = {}): {
  readonly comparison: Comparison;
  readonly measured: string[];
} {
  const measured: string[] = [];
  const side = (name: string, value: number) => ({
    name,
    measure: async (milliseconds: number) => {
      measured.push(`${name} ${milliseconds}`);
      return value;
    },
  });
  return {
    measured,
    comparison: {
      name: "double",
      subject: side("subject", 20),
      baseline: side("baseline", 10),
      better: "higher",
      goal: 1.5,
      stretch: null,
      figure: "median",
      pairsPerRound: 2,
      compareAnswers: async () => 7,
      ...change,
    },
  };
}

/** A side whose n-th measurement is the n-th of `values`; the first is the warm-up. */
function sideOf(...values: readonly number[]) {
  let at = 0;
  return {
    name: "listed",
    measure: async () => {
      at += 1;
      return values[at - 1] ?? Number.NaN;
    },
  };
}

describe("compare", () => {
  it("answers that differ stop the comparison before anything is measured", async () => {
    const { comparison, measured } = aComparison({
      compareAnswers: async () => {
        throw new Error("one says 3, the other 4");
      },
    });
    await expect(compare({ comparison, rounds: 5, roundMs: 100 })).rejects.toThrow(
      "one says 3, the other 4",
    );
    expect(measured).toEqual([]);
  });

  it("the ratio is the subject's figure over the baseline's, with every round told", async () => {
    const { comparison } = aComparison();
    expect(await compare({ comparison, rounds: 2, roundMs: 100 })).toEqual({
      name: "double",
      subject: "subject",
      baseline: "baseline",
      ratio: 2,
      better: "higher",
      goal: 1.5,
      stretch: null,
      rounds: [
        { subject: 20, baseline: 10, ratio: 2 },
        { subject: 20, baseline: 10, ratio: 2 },
      ],
      answers_compared: 7,
    });
  });

  it("sides take turns, and neither is always the first", async () => {
    const { comparison, measured } = aComparison();
    await compare({ comparison, rounds: 2, roundMs: 100 });
    expect(measured.slice(2)).toEqual(
      [
        ["subject", "baseline", "baseline", "subject"],
        ["baseline", "subject", "subject", "baseline"],
      ]
        .flat()
        .map((name) => `${name} 50`),
    );
  });

  it("the median of the rounds is taken, not the mean of lucky ones", async () => {
    const { comparison } = aComparison({
      pairsPerRound: 1,
      subject: sideOf(0, 1, 100, 3),
      baseline: sideOf(0, 1, 1, 1),
    });
    const { ratio } = await compare({ comparison, rounds: 3, roundMs: 100 });
    expect(ratio).toBe(3);
  });

  it("the best round is the lowest where lower is better", async () => {
    const { comparison } = aComparison({
      pairsPerRound: 1,
      better: "lower",
      figure: "best",
      subject: sideOf(0, 4, 2, 3),
      baseline: sideOf(0, 1, 1, 1),
    });
    const { ratio } = await compare({ comparison, rounds: 3, roundMs: 100 });
    expect(ratio).toBe(2);
  });
});
