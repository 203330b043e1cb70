import { expect, it } from "vitest";
import { aDecision, ana, aStage, dana, lee } from "../testing/a-stage.ts";
import type { StageDecision } from "./approval-path.ts";
import { pathProgress } from "./path-progress.ts";

const finance = aStage();
const legal = aStage({ key: "legal", name: "Legal" });
const board = aStage({ key: "board", name: "Board", step: 2 });
const people = {
  finance: { approverEmails: [dana], excludedEmails: [] },
  legal: { approverEmails: [lee], excludedEmails: [] },
  board: { approverEmails: [ana], excludedEmails: [] },
};

function progress(...decisions: readonly Partial<StageDecision>[]) {
  const told = pathProgress({
    path: { stages: [finance, legal, board] },
    people,
    decisions: decisions.map(aDecision),
    revisionHash: "revision1",
  });
  return told.kind === "open" ? told.open.map(({ key }) => key) : told.kind;
}

const byFinance = { stageKey: "finance", decidedBy: dana };
const byLegal = { stageKey: "legal", decidedBy: lee };
const byBoard = { stageKey: "board", decidedBy: ana };

it("stages of one step are asked at once, a higher step after all lower ones", () => {
  expect(progress()).toEqual(["finance", "legal"]);
  expect(progress(byLegal)).toEqual(["finance"]);
  expect(progress(byLegal, byFinance)).toEqual(["board"]);
  expect(progress(byLegal, byFinance, byBoard)).toBe("complete");
});

it("a yes of a later step does not stand in for an earlier one", () => {
  expect(progress(byBoard)).toEqual(["finance", "legal"]);
});

it("one rejected stage rejects the order, also before its turn", () => {
  expect(progress({ ...byBoard, decision: "reject" })).toBe("rejected");
  expect(
    progress({ ...byFinance, decision: "reject" }, { ...byLegal, decision: "request_changes" }),
  ).toBe("rejected");
  expect(progress({ ...byLegal, decision: "request_changes" })).toBe("changes-requested");
});

it("nobody to ask is nobody who said yes", () => {
  const told = pathProgress({
    path: { stages: [finance] },
    people: {},
    decisions: [aDecision()],
    revisionHash: "revision1",
  });
  expect(told).toMatchObject({ kind: "unreachable", eligible: 0 });
});

it("a path without stages is complete", () => {
  expect(
    pathProgress({ path: { stages: [] }, people, decisions: [], revisionHash: "revision1" }),
  ).toEqual({ kind: "complete" });
});
