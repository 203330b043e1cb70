import { createCheckTableParts } from "../../../packages/entitlement-core/src/check/create-check-table.ts";
import type { CheckTable } from "../../../packages/entitlement-core/src/check/index.ts";
import {
  cellWords,
  headerWords,
  manySegments,
} from "../../../packages/entitlement-core/src/check/table/block-layout.ts";
import {
  benchFeatures,
  benchNow,
  customerAt,
  type Question,
  randomQuestions,
  rightsAt,
  usageAt,
} from "./many-rights.ts";

/**
 * Four ways to ask the same questions, from the `first` on, `count` of them; each answers with how
 * many were allowed, so that none can be optimized away and all can be compared.
 */
export interface CheckSubjects {
  readonly table: CheckTable;
  readonly questions: readonly Question[];
  readonly figuresRead: () => number;
  /** The table, with every figure of the answer read. */
  check(first: number, count: number): number;
  /** As `check`, overwriting one answer over and over: nothing is allocated. */
  checkReusing(first: number, count: number): number;
  /** A bare loop over the table's own memory that only compares; finds the customer by its id, as a caller has it. */
  bareById(first: number, count: number): number;
  /** The same, handed the customer's place in the table: no caller has that. */
  bareByPlace(first: number, count: number): number;
}

export function createCheckSubjects({
  customers,
  questions: questionCount,
}: {
  readonly customers: number;
  readonly questions: number;
}): CheckSubjects {
  const ids = Array.from({ length: customers }, (_, index) => customerAt(index));
  const parts = createCheckTableParts({ features: benchFeatures });
  const { table, arena, vocabulary, rowOf, featureNumbers } = parts;
  for (const [index, customer] of ids.entries()) {
    table.replaceCustomer({
      customer,
      entitlements: rightsAt(index),
      usage: usageAt(index),
    });
  }

  const questions = randomQuestions({ customers: ids, count: questionCount });
  const rows = Uint32Array.from(questions, ({ customer }) => rowOf.get(customer) as number);
  const numbers = Uint32Array.from(
    questions,
    ({ feature }) => featureNumbers.get(feature) as number,
  );
  const payloads = vocabulary.payloads.values.map(({ isCounted, amount }) => ({
    isCounted,
    amount,
  }));
  const reused = table.createAnswer();
  /** Sum of all figures read, so that reading them cannot be optimized away. */
  let figures = 0;

  /** May it, yes or no: the least that can be asked of the same memory. */
  const bare = (row: number, number: number, at: number, amount: number): boolean => {
    const { words, doubles } = arena.views;
    const block = parts.blocks()[row] as number;
    const last = block + headerWords + (words[block] as number) * cellWords;
    for (let cell = block + headerWords; cell < last; cell += cellWords) {
      if (((words[cell + 4] as number) & 0xffff) !== number) continue;
      if (at < (doubles[cell >> 1] as number) || at >= (doubles[(cell >> 1) + 1] as number)) {
        return false;
      }
      const payload = payloads[(words[cell + 5] as number) & (manySegments - 1)];
      if (payload === undefined || !payload.isCounted) return payload !== undefined;
      const meter = (block + (words[cell + 7] as number)) >> 1;
      return (doubles[meter + 1] as number) + amount <= payload.amount;
    }
    return false;
  };

  const readEveryFigure = (answer: ReturnType<CheckTable["check"]>): void => {
    const { limit, remaining } = answer;
    figures +=
      answer.usage +
      answer.overage +
      (answer.resetAt ?? 0) +
      (answer.validUntil ?? 0) +
      (limit.kind === "limited" ? limit.amount : 0) +
      (remaining.kind === "limited" ? remaining.amount : 0) +
      (answer.value === null ? 0 : 1) +
      (answer.inOverage ? 1 : 0) +
      answer.reason.length +
      answer.state.length;
  };

  const questionAt = (index: number) => questions[index % questionCount] as Question;
  return {
    table,
    questions,
    figuresRead: () => figures,
    check(first, count) {
      let allowed = 0;
      for (let index = first; index < first + count; index += 1) {
        const answer = table.check(questionAt(index));
        readEveryFigure(answer);
        if (answer.allowed) allowed += 1;
      }
      return allowed;
    },
    checkReusing(first, count) {
      let allowed = 0;
      for (let index = first; index < first + count; index += 1) {
        table.check(questionAt(index), reused);
        readEveryFigure(reused);
        if (reused.allowed) allowed += 1;
      }
      return allowed;
    },
    bareById(first, count) {
      let allowed = 0;
      for (let index = first; index < first + count; index += 1) {
        const question = questionAt(index);
        const row = rowOf.get(question.customer) as number;
        const number = featureNumbers.get(question.feature) as number;
        if (bare(row, number, question.at, question.amount)) allowed += 1;
      }
      return allowed;
    },
    bareByPlace(first, count) {
      let allowed = 0;
      for (let index = first; index < first + count; index += 1) {
        const place = index % questionCount;
        if (bare(rows[place] as number, numbers[place] as number, benchNow, 1)) allowed += 1;
      }
      return allowed;
    },
  };
}
