import type { BenchmarkResult, Comparison } from "./benchmark.ts";

/**
 * Measures both sides in turn, A B then B A, so that a machine that speeds up or slows down does it
 * to both. The figure is a ratio within a round; the best or the median round is reported.
 * Answers are compared first: a wrong answer has no speed.
 */
export async function compare(input: {
  readonly comparison: Comparison;
  readonly rounds: number;
  readonly roundMs: number;
}): Promise<BenchmarkResult> {
  const { comparison } = input;
  const answersCompared = await comparison.compareAnswers();
  await comparison.subject.measure(input.roundMs / 2);
  await comparison.baseline.measure(input.roundMs / 2);

  const rounds: { subject: number; baseline: number; ratio: number }[] = [];
  for (let round = 0; round < input.rounds; round += 1) {
    const { subject, baseline } = await measureRound({
      comparison,
      roundMs: input.roundMs,
      isSubjectFirst: round % 2 === 0,
    });
    rounds.push({ subject, baseline, ratio: subject / baseline });
  }
  const ratios = rounds.map((round) => round.ratio).toSorted((a, b) => a - b);
  const best = comparison.better === "higher" ? ratios.at(-1) : ratios.at(0);
  const median = ratios[Math.floor(ratios.length / 2)];
  return {
    name: comparison.name,
    subject: comparison.subject.name,
    baseline: comparison.baseline.name,
    ratio: (comparison.figure === "best" ? best : median) ?? Number.NaN,
    better: comparison.better,
    goal: comparison.goal,
    stretch: comparison.stretch,
    rounds,
    answers_compared: answersCompared,
  };
}

/** Alternating pairs within a round: short enough that both sides meet the same weather. */
const usualPairsPerRound = 4;

async function measureRound(input: {
  readonly comparison: Comparison;
  readonly roundMs: number;
  readonly isSubjectFirst: boolean;
}): Promise<{ readonly subject: number; readonly baseline: number }> {
  const { subject, baseline, pairsPerRound = usualPairsPerRound } = input.comparison;
  const sliceMs = input.roundMs / pairsPerRound;
  const sums = { subject: 0, baseline: 0 };
  for (let pair = 0; pair < pairsPerRound; pair += 1) {
    const isSubjectFirst = (pair % 2 === 0) === input.isSubjectFirst;
    if (isSubjectFirst) sums.subject += await subject.measure(sliceMs);
    sums.baseline += await baseline.measure(sliceMs);
    if (!isSubjectFirst) sums.subject += await subject.measure(sliceMs);
  }
  return { subject: sums.subject / pairsPerRound, baseline: sums.baseline / pairsPerRound };
}
