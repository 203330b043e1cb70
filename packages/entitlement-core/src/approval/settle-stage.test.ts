import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aDecision, ana, aStage, dana, lee } from "../testing/a-stage.ts";
import type { StageDecision } from "./approval-path.ts";
import type { Quorum } from "./approval-policy.ts";
import { settleStage } from "./settle-stage.ts";

const all = [dana, lee, ana];

function standing({
  quorum = { kind: "any" } as Quorum,
  approverEmails = all as readonly string[],
  excludedEmails = [] as readonly string[],
  decisions = [] as readonly StageDecision[],
  revisionHash = "revision1",
} = {}) {
  const stage = aStage({ quorum });
  return settleStage({
    stage,
    people: { approverEmails, excludedEmails },
    decisions,
    revisionHash,
  });
}

const yes = (decidedBy: string) => aDecision({ decidedBy });

describe("quorum", () => {
  it.each<[Quorum, number, string]>([
    [{ kind: "any" }, 0, "open"],
    [{ kind: "any" }, 1, "approved"],
    [{ kind: "all" }, 2, "open"],
    [{ kind: "all" }, 3, "approved"],
    [{ kind: "count", count: 2 }, 1, "open"],
    [{ kind: "count", count: 2 }, 2, "approved"],
  ])("%o after %i yeses: %s", (quorum, count, kind) => {
    expect(standing({ quorum, decisions: all.slice(0, count).map(yes) }).kind).toBe(kind);
  });

  it("one person's two yeses are one", () => {
    const decisions = [yes(dana), yes(dana.toUpperCase())];
    expect(standing({ quorum: { kind: "count", count: 2 }, decisions })).toMatchObject({
      kind: "open",
      missing: 1,
    });
  });

  it("all of those who may decide is all of them without the excluded", () => {
    const excludedEmails = [ana.toUpperCase()];
    const decisions = [yes(dana), yes(lee)];
    expect(standing({ quorum: { kind: "all" }, excludedEmails, decisions }).kind).toBe("approved");
  });

  it("that too few people could ever reach is told", () => {
    expect(standing({ approverEmails: [], quorum: { kind: "all" } })).toEqual({
      kind: "unreachable",
      needed: 1,
      eligible: 0,
    });
    expect(standing({ excludedEmails: all })).toMatchObject({ kind: "unreachable" });
    expect(standing({ quorum: { kind: "count", count: 4 } })).toMatchObject({ needed: 4 });
  });
});

it("one no settles it, whatever the others said", () => {
  const no = aDecision({ decidedBy: lee, decision: "reject", comment: "too cheap" });
  expect(standing({ decisions: [yes(dana), no, yes(ana)] })).toEqual({
    kind: "rejected",
    by: lee,
    comment: "too cheap",
  });
});

describe("does not count", () => {
  it.each<[string, StageDecision]>([
    ["of other inputs", aDecision({ inputsHash: "inputs2" })],
    ["of another stage", aDecision({ stageKey: "legal" })],
    ["of somebody who is not asked", yes("eve@elsewhere.example")],
    ["of the deal's owner", yes("owner@seller.example")],
  ])("a decision %s", (_what, decision) => {
    const approverEmails = [...all, "owner@seller.example"];
    const excludedEmails = ["Owner@Seller.Example"];
    for (const word of ["approve", "reject", "request_changes"] as const) {
      const decisions = [{ ...decision, decision: word }];
      expect(standing({ approverEmails, excludedEmails, decisions }).kind).toBe("open");
    }
  });

  it("a request for changes on an earlier revision, even where the inputs are the same", () => {
    const change = aDecision({ decision: "request_changes" });
    expect(standing({ decisions: [change] }).kind).toBe("changes-requested");
    expect(standing({ decisions: [change], revisionHash: "revision2" }).kind).toBe("open");
  });
});

const aWord = fc.constantFrom("approve", "reject", "request_changes");
const anyDecision = fc
  .record({
    decidedBy: fc.constantFrom(...all, "eve@elsewhere.example", "owner@seller.example"),
    decision: aWord,
    inputsHash: fc.constantFrom("inputs1", "inputs2"),
    revisionHash: fc.constantFrom("revision1", "revision2"),
    comment: fc.option(fc.string(), { nil: null }),
  })
  .map((differing) => aDecision(differing as Partial<StageDecision>));
const anyQuorum = fc.oneof(
  fc.constant<Quorum>({ kind: "any" }),
  fc.constant<Quorum>({ kind: "all" }),
  fc.integer({ min: 1, max: 4 }).map((count): Quorum => ({ kind: "count", count })),
);

it("any order in which decisions are read settles the same", () => {
  const readTwice = fc.array(anyDecision, { maxLength: 8 }).chain((decisions) => {
    const { length } = decisions;
    const shuffled = fc.shuffledSubarray(decisions, { minLength: length, maxLength: length });
    return fc.tuple(fc.constant(decisions), shuffled);
  });
  fc.assert(
    fc.property(anyQuorum, readTwice, (quorum, [decisions, shuffled]) => {
      expect(standing({ quorum, decisions: shuffled })).toEqual(standing({ quorum, decisions }));
    }),
  );
});

it("no quorum is ever reached by the excluded, by strangers or by silence", () => {
  fc.assert(
    fc.property(anyQuorum, fc.array(anyDecision, { maxLength: 8 }), (quorum, decisions) => {
      const approverEmails = [...all, "owner@seller.example"];
      const excludedEmails = ["owner@seller.example"];
      const settled = standing({ quorum, decisions, approverEmails, excludedEmails });
      if (settled.kind === "approved") {
        expect(settled.approvedBy.length).toBeGreaterThan(0);
        for (const by of settled.approvedBy) expect(all).toContain(by);
      }
    }),
  );
});
