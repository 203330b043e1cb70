import type { Catalog } from "../catalog/catalog.ts";
import type { CatalogFault } from "../catalog/catalog-fault.ts";
import { parseCountry } from "../kernel/country.ts";
import { parseCurrency } from "../kernel/currency.ts";
import type { ApprovalCondition, ApprovalStageRule } from "./approval-policy.ts";

const dueAfterHoursMax = 24 * 366;

/** Everything in which the approval policy contradicts itself or the catalog around it. */
export function* checkApprovalPolicy({
  approvalPolicy,
  offerings,
}: Catalog): Iterable<CatalogFault> {
  const classes = new Set(offerings.map(({ skuClass }) => skuClass));
  const seen = new Set<string>();
  for (const stage of approvalPolicy.stages) {
    const at = `approvalPolicy.stages.${stage.key}`;
    if (seen.has(stage.key)) {
      yield { at, sentence: `Stage ${stage.key} is defined more than once.` };
    }
    seen.add(stage.key);
    yield* checkStage(stage, at);
    for (const condition of stage.when) yield* checkCondition({ condition, classes, at });
  }
}

function* checkStage(stage: ApprovalStageRule, at: string): Iterable<CatalogFault> {
  if (stage.when.length === 0) {
    yield {
      at: `${at}.when`,
      sentence: `Stage ${stage.key} has no condition, so it would never be asked. For every order say {fact: "always"}.`,
    };
  }
  if (stage.approvers.length === 0) {
    yield { at: `${at}.approvers`, sentence: `Stage ${stage.key} names nobody to ask.` };
  }
  const { quorum } = stage;
  if (quorum.kind === "count") {
    if (!Number.isInteger(quorum.count) || quorum.count < 1) {
      yield {
        at: `${at}.quorum`,
        sentence: `A quorum is a whole number of at least 1, not ${quorum.count}.`,
      };
    } else if (
      quorum.count > stage.approvers.length &&
      stage.approvers.every((approver) => "user" in approver)
    ) {
      yield {
        at: `${at}.quorum`,
        sentence: `Stage ${stage.key} needs ${quorum.count} yeses and names ${stage.approvers.length} people: nobody could ever settle it.`,
      };
    }
  }
  if (!Number.isInteger(stage.step) || stage.step < 1) {
    yield {
      at: `${at}.step`,
      sentence: `A step is a whole number of at least 1, not ${stage.step}.`,
    };
  }
  if (!(stage.dueAfterHours > 0 && stage.dueAfterHours <= dueAfterHoursMax)) {
    yield {
      at: `${at}.dueAfterHours`,
      sentence: `Due after ${stage.dueAfterHours} hours; expected more than 0 and at most ${dueAfterHoursMax}.`,
    };
  }
}

function* checkCondition({
  condition,
  classes,
  at,
}: {
  readonly condition: ApprovalCondition;
  readonly classes: ReadonlySet<string>;
  readonly at: string;
}): Iterable<CatalogFault> {
  const where = `${at}.when.${condition.fact}`;
  switch (condition.fact) {
    case "discount-percent":
      if (!(condition.above >= 0 && condition.above < 100)) {
        yield {
          at: where,
          sentence: `A discount limit is at least 0 % and below 100 %, not ${condition.above}.`,
        };
      }
      return;
    case "total-value":
      if (!Number.isSafeInteger(condition.aboveMinor) || condition.aboveMinor < 0) {
        yield {
          at: where,
          sentence: `A value limit is a whole number of minor units of at least 0, not ${condition.aboveMinor}.`,
        };
      }
      if (parseCurrency(condition.currency) === null) {
        yield { at: where, sentence: `"${condition.currency}" is no currency of ISO 4217.` };
      }
      return;
    case "term-months":
      if (!Number.isInteger(condition.above) || condition.above < 0) {
        yield {
          at: where,
          sentence: `A term limit is a whole number of months of at least 0, not ${condition.above}.`,
        };
      }
      return;
    case "country": {
      const countries = "isOneOf" in condition ? condition.isOneOf : condition.isNotOneOf;
      if (countries.length === 0) {
        yield { at: where, sentence: "A country rule names at least one country." };
      }
      for (const country of countries) {
        if (parseCountry(country) === null) {
          yield {
            at: where,
            sentence: `"${country}" is no country code of ISO 3166-1, such as DE.`,
          };
        }
      }
      return;
    }
    case "sku-class":
      if (condition.isOneOf.length === 0) {
        yield { at: where, sentence: "A class rule names at least one class." };
      }
      for (const skuClass of condition.isOneOf) {
        if (!classes.has(skuClass)) {
          yield { at: where, sentence: `No offering is of class ${skuClass}.` };
        }
      }
      return;
    case "first-order-of-customer":
    case "always":
      return;
  }
}
