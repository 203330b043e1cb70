import { expect, it } from "vitest";
import type { ErrorCode } from "../errors/error-code.ts";
import type { Instant } from "../kernel/instant.ts";
import { dana, lee } from "../testing/a-stage.ts";
import { type DecisionRequest, mayDecide, type TaskStatus } from "./may-decide.ts";

function ask(
  differing: Partial<DecisionRequest> = {},
  {
    status = "open" as TaskStatus,
    excludedEmails = [] as readonly string[],
    dueAt = 100,
    whenSilent = "park" as "park" | "deny",
    now = 99,
  } = {},
) {
  const told = mayDecide({
    task: { status, revisionHash: "revision1", dueAt: dueAt as Instant, stage: { whenSilent } },
    now: now as Instant,
    people: { approverEmails: [dana, lee], excludedEmails },
    request: {
      by: dana,
      decision: "approve",
      comment: null,
      revisionHash: "revision1",
      ...differing,
    },
  });
  return told.ok ? "yes" : told.reasons[0].code;
}

it("whoever is asked may decide what they looked at", () => {
  expect(ask()).toBe("yes");
  expect(ask({ by: ` ${dana.toUpperCase()}` })).toBe("yes");
});

it.each<[string, Partial<DecisionRequest>, ErrorCode]>([
  ["a stranger", { by: "eve@elsewhere.example" }, "not_an_approver"],
  ["whoever looked at an older revision", { revisionHash: "revision0" }, "stale_revision"],
  ["a no without a reason", { decision: "reject" }, "comment_required"],
  ["a no with a blank reason", { decision: "reject", comment: "  " }, "comment_required"],
  [
    "a request for changes without saying which",
    { decision: "request_changes" },
    "comment_required",
  ],
])("%s may not", (_who, request, code) => {
  expect(ask(request)).toBe(code);
});

it("an answer at the due instant or later changes nothing, though nobody has written the silence down yet", () => {
  expect(ask({}, { now: 99 })).toBe("yes");
  for (const now of [100, 101]) {
    expect(ask({}, { now })).toBe("order_phase_conflict");
    expect(ask({}, { now, whenSilent: "deny" })).toBe("already_decided");
    expect(ask({ decision: "reject", comment: "no" }, { now })).toBe("order_phase_conflict");
  }
});

it("nobody decides their own deal, with whatever hash and whatever word", () => {
  const excludedEmails = [dana.toUpperCase()];
  for (const decision of ["approve", "reject", "request_changes"] as const) {
    for (const revisionHash of ["revision0", "revision1"]) {
      expect(ask({ decision, revisionHash }, { excludedEmails })).toBe("self_approval");
    }
  }
});

it.each<[TaskStatus, ErrorCode]>([
  ["approved", "already_decided"],
  ["rejected", "already_decided"],
  ["changes_requested", "already_decided"],
  ["denied", "already_decided"],
  ["superseded", "stale_revision"],
  ["parked", "order_phase_conflict"],
  ["waiting", "order_phase_conflict"],
])("a task that is %s takes no decision", (status, code) => {
  expect(ask({}, { status })).toBe(code);
});
