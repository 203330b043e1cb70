import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashOrderContent } from "../order/hash-order-content.ts";
import type { OrderContent } from "../order/order-content.ts";
import { aDeal, aDealLine, contentOf } from "../testing/a-deal.ts";
import { dana, facts, lee, policyOf } from "../testing/a-stage.ts";
import type { StageDecision } from "./approval-path.ts";
import { keepDecisions } from "./keep-decisions.ts";
import { planApprovalPath } from "./plan-approval-path.ts";

const policy = policyOf(
  { when: [{ fact: "discount-percent", above: 20 }] },
  { when: [{ fact: "term-months", above: 11 }], approvers: [{ user: lee }] },
);
const people = {
  stage1: { approverEmails: [dana], excludedEmails: [] },
  stage2: { approverEmails: [lee], excludedEmails: [] },
};
const before = sold({ unitPrice: "396.00" });

function sold(differing: { unitPrice: string; months?: number; quantity?: string }, name = "Acme") {
  return contentOf(aDeal({ name, lines: [aDealLine(differing)] }));
}

function decisionsOn(content: OrderContent, words: readonly StageDecision["decision"][]) {
  const { stages } = planApprovalPath({ policy, content, facts });
  return stages.map(
    ({ key, inputsHash }, index): StageDecision => ({
      stageKey: key,
      inputsHash,
      revisionHash: hashOrderContent(content),
      decision: words[index] ?? "approve",
      decidedBy: index === 0 ? dana : lee,
      comment: null,
    }),
  );
}

function keep(after: OrderContent, decisions: readonly StageDecision[], excluded: string[] = []) {
  const path = planApprovalPath({ policy, content: after, facts });
  const told = keepDecisions({
    path,
    people: {
      stage1: { ...people.stage1, excludedEmails: excluded },
      stage2: { ...people.stage2, excludedEmails: excluded },
    },
    decisions,
    revisionHash: hashOrderContent(after),
  });
  return {
    kept: told.kept.map(({ stageKey }) => stageKey),
    reopened: told.reopened.map(({ key }) => key),
  };
}

describe("a newer revision re-opens only the stages whose inputs changed", () => {
  const decisions = decisionsOn(before, ["approve", "approve"]);

  it("a new name re-opens none", () => {
    expect(keep(sold({ unitPrice: "396.00" }, "Acme, final"), decisions)).toEqual({
      kept: ["stage1", "stage2"],
      reopened: [],
    });
  });

  it("a lower price re-opens the discount's stage alone", () => {
    expect(keep(sold({ unitPrice: "385.00" }), decisions)).toEqual({
      kept: ["stage2"],
      reopened: ["stage1"],
    });
  });

  it("a longer term re-opens the term's stage alone", () => {
    expect(keep(sold({ unitPrice: "396.00", months: 24 }), decisions)).toEqual({
      kept: ["stage1"],
      reopened: ["stage2"],
    });
  });

  it("a price within the limit leaves nothing to ask or keep", () => {
    expect(keep(sold({ unitPrice: "440.00" }), decisions)).toEqual({
      kept: ["stage2"],
      reopened: [],
    });
  });
});

it("a no on the same question stays a no", () => {
  const after = sold({ unitPrice: "396.00" }, "Acme, final");
  expect(keep(after, decisionsOn(before, ["reject", "approve"]))).toEqual({
    kept: ["stage1", "stage2"],
    reopened: [],
  });
});

it("a request for changes is answered by the revision that follows it", () => {
  const after = sold({ unitPrice: "396.00" }, "Acme, final");
  expect(keep(after, decisionsOn(before, ["request_changes", "approve"]))).toEqual({
    kept: ["stage2"],
    reopened: ["stage1"],
  });
});

it("an approver who edited the deal since no longer counts", () => {
  const path = keep(sold({ unitPrice: "396.00" }, "x"), decisionsOn(before, []), [lee]);
  expect(path.kept).toEqual(["stage1"]);
});

it("a stage is re-opened exactly when price or term, what it looks at, changed", () => {
  const anEdit = fc.record({
    unitPrice: fc.constantFrom("396.00", "385.00", "330.00"),
    months: fc.constantFrom(12, 24),
    quantity: fc.constantFrom("1", "250"),
  });
  fc.assert(
    fc.property(anEdit, anEdit, fc.string(), (one, other, name) => {
      const { reopened } = keep(sold(other, name), decisionsOn(sold(one), []));
      expect(reopened).toEqual([
        ...(one.unitPrice === other.unitPrice ? [] : ["stage1"]),
        ...(one.months === other.months ? [] : ["stage2"]),
      ]);
    }),
    { numRuns: 50 },
  );
});
