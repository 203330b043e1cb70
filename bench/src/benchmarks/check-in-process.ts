import { isDeepStrictEqual } from "node:util";
import {
  type CheckAnswer,
  checkEntitlement,
} from "../../../packages/entitlement-core/src/check/index.ts";
import { effectiveEntitlement } from "../../../packages/entitlement-core/src/entitlement/index.ts";
import type { Instant } from "../../../packages/entitlement-core/src/kernel/index.ts";
import { usageInPeriod } from "../../../packages/entitlement-core/src/usage/index.ts";
import type { Benchmark } from "../benchmark.ts";
import { rateOf } from "../rate-of.ts";
import { type CheckSubjects, createCheckSubjects } from "../rights/check-subjects.ts";
import {
  benchFeatures,
  benchNow,
  customerAt,
  type Question,
  rightsAt,
  termEnd,
  termStart,
  usageAt,
} from "../rights/many-rights.ts";

const customers = 100_000;
const questions = 400_000;
/** Checks between two looks at the clock. */
const slice = 5_000;
const casesAgainstOracle = 5_000;

/** Random checks with full reason over 800,000 rights, against loops over the same typed arrays that only compare. */
export const checkInProcessBenchmark: Benchmark = {
  name: "check-in-process",
  about: "100,000 customers × 8 features, random access, full reason, against bare loops",
  async prepare() {
    const subjects = createCheckSubjects({ customers, questions });
    const side = (name: string, ask: (first: number, count: number) => number) => {
      let next = 0;
      return {
        name,
        measure: async (milliseconds: number) =>
          slice *
          rateOf({
            milliseconds,
            slice: 1,
            work: () => {
              ask(next, slice);
              next += slice;
            },
          }),
      };
    };
    const reusing = side("check with full reason, one answer used again", subjects.checkReusing);
    const fresh = side("check with full reason, a new answer each", subjects.check);
    const bareById = side(
      "bare loop over the same arrays, customer found by id",
      subjects.bareById,
    );
    const compareAnswers = async () => compareWithOracle(subjects) + compareSides(subjects);
    const shared = { better: "higher", goal: 0.5, stretch: 0.75, figure: "median" } as const;
    return {
      comparisons: [
        {
          name: "check-in-process",
          subject: reusing,
          baseline: bareById,
          ...shared,
          compareAnswers,
        },
        {
          name: "check-in-process-fresh",
          subject: fresh,
          baseline: bareById,
          ...shared,
          compareAnswers,
        },
        {
          name: "check-in-process-by-place",
          subject: reusing,
          baseline: side(
            "bare loop over the same arrays, handed the customer's place",
            subjects.bareByPlace,
          ),
          ...shared,
          compareAnswers,
        },
      ],
      stop: async () => {},
    };
  },
};

/** All four ways allow the same number of the same questions. */
function compareSides(subjects: CheckSubjects): number {
  const count = 50_000;
  const answers = [
    subjects.check(0, count),
    subjects.checkReusing(0, count),
    subjects.bareById(0, count),
    subjects.bareByPlace(0, count),
  ];
  if (new Set(answers).size !== 1)
    throw new Error(`Of ${count} questions the sides allow ${answers.join(", ")}.`);
  return count;
}

/** The table's whole answer is that of `checkEntitlement` over `effectiveEntitlement`, which use no table. */
function compareWithOracle({ table }: CheckSubjects): number {
  const reused = table.createAnswer();
  for (let index = 0; index < casesAgainstOracle; index += 1) {
    const owner = (index * 7919) % customers;
    const question = variedQuestion(index, owner);
    const expected = figuresOf(oracle(question, owner));
    for (const answer of [table.check(question), table.check(question, reused)]) {
      if (!isDeepStrictEqual(figuresOf(answer), expected))
        throw new Error(
          `Asked ${JSON.stringify(question)}, the table says ${JSON.stringify(figuresOf(answer))}, not ${JSON.stringify(expected)}.`,
        );
    }
  }
  return casesAgainstOracle;
}

const instants = [
  benchNow,
  termStart,
  termStart - 1,
  termEnd - 1,
  termEnd,
  termEnd + 14 * 86_400_000 - 1,
  termEnd + 14 * 86_400_000,
] as Instant[];

function variedQuestion(index: number, owner: number): Question {
  return {
    customer: customerAt(owner),
    feature: benchFeatures[index % benchFeatures.length]?.key as Question["feature"],
    amount: [0, 1, 40, 900][(index >> 3) % 4] as number,
    country: [null, "DE", "US"][(index >> 5) % 3] as string | null,
    at: (index % 2 === 0 ? benchNow : instants[index % instants.length]) as Instant,
  };
}

function oracle(question: Question, owner: number): CheckAnswer {
  const feature = benchFeatures.find((one) => one.key === question.feature);
  if (feature === undefined) throw new Error(`No feature ${question.feature}.`);
  const entitlements = rightsAt(owner).filter((one) => one.feature === feature.key);
  const effective = effectiveEntitlement({ entitlements, feature, at: question.at });
  const record = new Map(usageAt(owner)).get(feature.key) ?? null;
  return checkEntitlement({
    effective,
    amount: question.amount,
    usage: usageInPeriod({ record, period: effective.period }),
    country: question.country,
  });
}

/** The fields one by one: some of the table's are getters. */
function figuresOf(answer: CheckAnswer): CheckAnswer {
  const { allowed, reason, state, limit, value, usage, remaining } = answer;
  const { overage, inOverage, resetAt, validUntil, breakdown } = answer;
  return {
    ...{ allowed, reason, state, limit, value, usage, remaining },
    ...{ overage, inOverage, resetAt, validUntil, breakdown },
  };
}
