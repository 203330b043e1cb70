import { describe, expect, it } from "vitest";
import type { StageDecision } from "../approval/approval-path.ts";
import { planApprovalPath } from "../approval/plan-approval-path.ts";
import type { Deal } from "../deal/deal.ts";
import { hashDeal } from "../deal/hash-deal.ts";
import { parseDeal } from "../deal/parse-deal.ts";
import type { CurrencyCode } from "../kernel/currency.ts";
import { addHours, instantFromIso } from "../kernel/instant.ts";
import { published } from "../testing/a-catalog.ts";
import { aDeal, aDealLine } from "../testing/a-deal.ts";
import { facts as approvalFacts, dana, lee } from "../testing/a-stage.ts";
import {
  approvalRequested,
  billed,
  canceled,
  decided,
  granted,
  problemFound,
  provisioningStarted,
  resumed,
  stateAfter,
} from "../testing/order-story.ts";
import { hashOrderContent } from "./hash-order-content.ts";
import type { OrderCommand } from "./order-command.ts";
import type { OrderFacts } from "./order-facts.ts";
import { planNextStep } from "./plan-next-step.ts";
import type { Problem } from "./problem.ts";

const now = instantFromIso("2026-11-24T12:00:00Z");
const catalog = published();
const atListPrice = aDeal();
const discounted = aDeal({ lines: [aDealLine({ unitPrice: "396.00" })] });

/** The facts of an order of this deal after these commands; every command takes the deal's own hash. */
function factsOf(
  deal: Deal,
  commands: readonly OrderCommand[] = [],
  {
    decisions = [],
    differing = {},
    asked = true,
    excluded = [],
  }: {
    readonly decisions?: readonly Partial<StageDecision>[];
    readonly differing?: Partial<OrderFacts>;
    readonly asked?: boolean;
    readonly excluded?: readonly string[];
  } = {},
): OrderFacts {
  const parsed = parseDeal({ deal, catalog });
  const content = parsed.ok ? parsed.content : null;
  const revisionHash = content === null ? hashDeal(deal) : hashOrderContent(content);
  const state = stateAfter(
    { type: "receive", revisionHash, dealVersion: "1" },
    ...commands.map((one) => ("revisionHash" in one ? { ...one, revisionHash } : one)),
  );
  const path =
    content === null
      ? { stages: [] }
      : planApprovalPath({ policy: catalog.approvalPolicy, content, facts: approvalFacts });
  return {
    now,
    state,
    latest: {
      revision: 1,
      revisionHash,
      dealVersion: "1",
      content,
      faults: parsed.ok ? [] : parsed.faults,
    },
    approval:
      content === null
        ? null
        : {
            path,
            people: { finance: { approverEmails: [dana, lee], excludedEmails: excluded } },
            names: { [dana]: "Dana Kim" },
            decisions: decisions.map((one) => ({
              stageKey: "finance",
              inputsHash: path.stages[0]?.inputsHash ?? "",
              revisionHash,
              decision: "approve",
              decidedBy: dana,
              comment: null,
              ...one,
            })),
            asked:
              state.phase === "awaiting-approval" && asked
                ? path.stages.map(({ key, inputsHash }) => ({
                    stageKey: key,
                    inputsHash,
                    dueAt: addHours(now, 1),
                  }))
                : [],
          },
    billing: { isConnected: true, billed: null },
    writeBack: null,
    cancelRequest: null,
    ...differing,
  };
}

function billedFacts(facts: OrderFacts): OrderFacts {
  const { revisionHash } = facts.latest;
  const currency = "USD" as CurrencyCode;
  return { ...facts, billing: { isConnected: true, billed: { revisionHash, currency } } };
}

const refusal: Problem = {
  code: "write_back_refused",
  sentence: "Opportunity “Acme Pro”: the CRM refuses the status.",
  where: null,
  resumeAt: "write-back",
  blockedOnProductCodes: [],
  faults: [],
};

describe("a received order", () => {
  it("with faults stands at Action needed with all of them, and with the codes that would free it", () => {
    const deal = aDeal({
      account: null,
      lines: [aDealLine({ productCode: "GTXPro" }), aDealLine({ id: "2", quantity: "0" })],
    });
    const step = planNextStep(factsOf(deal));
    expect(step).toMatchObject({
      step: "report-problem",
      problem: {
        code: "missing_account",
        blockedOnProductCodes: ["GTXPro"],
        resumeAt: "validation",
      },
    });
    expect(step.step === "report-problem" && step.problem.faults).toHaveLength(3);
    expect(step.step === "report-problem" && step.problem.sentence).toMatch(/2 more things to fix/);
  });

  it("that nobody has to approve is provisioned", () => {
    expect(planNextStep(factsOf(atListPrice))).toEqual({
      step: "record",
      command: { type: "start-provisioning" },
    });
  });

  it("that somebody has to approve is put to whoever may, with a due instant", () => {
    expect(planNextStep(factsOf(discounted))).toMatchObject({
      step: "request-approval",
      revision: 1,
      ask: [{ approverEmails: [dana, lee], dueAt: addHours(now, 48) }],
      kept: [],
      waitingOn: {
        who: "Finance: Dana Kim or lee@seller.example",
        sinceIso: "2026-11-24T12:00:00Z",
        dueIso: "2026-11-26T12:00:00Z",
      },
    });
  });

  it("that earlier decisions have approved asks nobody again", () => {
    expect(planNextStep(factsOf(discounted, [], { decisions: [{}] }))).toEqual({
      step: "record",
      command: { type: "keep-approvals", kept: [{ stageKey: "finance", decidedBy: dana }] },
    });
  });

  it("that an earlier no was about in the same way is rejected", () => {
    const decisions = [{ decision: "reject", comment: "no" }] as const;
    expect(planNextStep(factsOf(discounted, [], { decisions }))).toMatchObject({
      step: "record",
      command: { type: "reject", by: dana, comment: "no" },
    });
  });

  it("that only its own people could approve says so at once", () => {
    expect(planNextStep(factsOf(discounted, [], { excluded: [dana, lee] }))).toMatchObject({
      step: "report-problem",
      problem: { code: "no_eligible_approver", resumeAt: "approval" },
    });
  });

  it("that was billed in another currency is not billed again in this one", () => {
    const facts = factsOf(atListPrice);
    const billing = {
      isConnected: true,
      billed: { revisionHash: "earlier", currency: "EUR" as CurrencyCode },
    };
    expect(planNextStep({ ...facts, billing })).toMatchObject({
      step: "report-problem",
      problem: {
        code: "currency_changed",
        where: { record: "Opportunity “Acme Pro” (006Deal1)", field: "CurrencyIsoCode" },
      },
    });
  });
});

describe("an order that awaits approval", () => {
  it("waits for the revision its approvers see, until the first is due", () => {
    const facts = factsOf(discounted, [approvalRequested]);
    expect(planNextStep(facts)).toEqual({
      step: "wait",
      for: "approval",
      revisionHash: facts.latest.revisionHash,
      until: addHours(now, 1),
      mayPassByItself: false,
    });
  });

  it("asks again where nobody was asked, as after a crash in between", () => {
    expect(planNextStep(factsOf(discounted, [approvalRequested], { asked: false }))).toMatchObject({
      step: "request-approval",
    });
  });

  it("goes on when its decisions are on record, whoever recorded them", () => {
    const facts = factsOf(discounted, [approvalRequested], { decisions: [{}] });
    expect(planNextStep(facts)).toMatchObject({ command: { type: "complete-approval" } });
  });

  it("stands at Action needed when changes are asked for, with the approver's words", () => {
    const decisions = [{ decision: "request_changes", comment: "20 % at most" }] as const;
    expect(planNextStep(factsOf(discounted, [approvalRequested], { decisions }))).toMatchObject({
      step: "report-problem",
      problem: { code: "changes_requested", sentence: expect.stringContaining("20 % at most") },
    });
  });

  it("lapses when the due instant has come", () => {
    const facts = factsOf(discounted, [approvalRequested]);
    expect(planNextStep({ ...facts, now: addHours(now, 1) })).toMatchObject({
      command: { type: "lapse-approval", stageName: "Finance", outcome: "parked" },
    });
  });
});

describe("an order that is provisioned", () => {
  const story = [provisioningStarted];

  it("is billed, then granted", () => {
    const facts = factsOf(atListPrice, story);
    expect(planNextStep(facts)).toMatchObject({ step: "bill", revision: 1 });
    expect(planNextStep(billedFacts(facts))).toMatchObject({ step: "grant", revision: 1 });
  });

  it("notes that a bill may exist before one is asked for", () => {
    const facts = factsOf(discounted, [approvalRequested, decided("approve")], { decisions: [{}] });
    expect(planNextStep(facts)).toMatchObject({ command: { type: "start-provisioning" } });
  });

  it("is granted at once where there is no billing system", () => {
    const facts = factsOf(atListPrice, story);
    const billing = { isConnected: false, billed: null };
    expect(planNextStep({ ...facts, billing })).toMatchObject({ step: "grant" });
  });

  it("drops what it does for a newer revision", () => {
    const facts = factsOf(atListPrice, story);
    const latest = { ...facts.latest, revision: 2, revisionHash: "newer", dealVersion: "2" };
    expect(planNextStep({ ...facts, latest })).toEqual({
      step: "record",
      command: { type: "revise", revisionHash: "newer", dealVersion: "2" },
    });
  });
});

describe("an active order", () => {
  const story = [provisioningStarted, billed, granted];

  it("is done, and tells when it ends", () => {
    expect(planNextStep(factsOf(atListPrice, story))).toEqual({
      step: "done",
      status: "Active",
      endsAt: instantFromIso("2027-12-31T23:00:00Z"),
    });
  });

  it("ends by its own instant", () => {
    const facts = factsOf(atListPrice, story);
    const end = instantFromIso("2027-12-31T23:00:00Z");
    expect(planNextStep({ ...facts, now: end })).toMatchObject({ command: { type: "end" } });
  });

  it("tells the CRM what it does not show yet, and nothing twice", () => {
    const facts = factsOf(atListPrice, story);
    const writeBack = { desiredHash: "a", writtenHash: "b", refusal: null };
    expect(planNextStep({ ...facts, writeBack })).toEqual({ step: "tell", status: "Active" });
    expect(planNextStep({ ...facts, writeBack: { ...writeBack, writtenHash: "a" } }).step).toBe(
      "done",
    );
  });

  it("whose status the CRM refuses stands at Action needed and does not tell the same again", () => {
    const writeBack = { desiredHash: "a", writtenHash: "b", refusal };
    const facts = factsOf(atListPrice, story, { differing: { writeBack } });
    expect(planNextStep(facts)).toEqual({ step: "report-problem", problem: refusal });
    const stuck = factsOf(atListPrice, [...story, { type: "report-problem", problem: refusal }], {
      differing: { writeBack: { desiredHash: "c", writtenHash: "b", refusal: null } },
    });
    expect(planNextStep(stuck)).toMatchObject({ step: "wait", for: "fix" });
  });

  it("tells once more when resumed after a refusal", () => {
    const writeBack = { desiredHash: "a", writtenHash: "b", refusal: null };
    const facts = factsOf(
      atListPrice,
      [...story, { type: "report-problem", problem: refusal }, resumed],
      { differing: { writeBack } },
    );
    expect(planNextStep(facts)).toEqual({ step: "tell", status: "Active" });
  });
});

describe("a cancelation", () => {
  const cancelRequest = { by: "sam@seller.example", reason: "typo" };

  it("comes before everything else", () => {
    for (const facts of [
      factsOf(atListPrice),
      factsOf(discounted, [approvalRequested]),
      factsOf(atListPrice, [provisioningStarted]),
      factsOf(atListPrice, [problemFound("validation")]),
    ]) {
      const step = planNextStep({ ...facts, cancelRequest });
      expect(step).toEqual({ step: "record", command: { type: "cancel", ...cancelRequest } });
    }
  });

  it("takes back in reverse what was made", () => {
    const facts = factsOf(atListPrice, [provisioningStarted, billed, granted, canceled]);
    expect(planNextStep({ ...facts, cancelRequest })).toEqual({
      step: "undo",
      undo: ["grant", "bill"],
      because: "canceled by sam@seller.example: typo",
    });
  });

  it("of an order that is over asks for nothing", () => {
    const facts = factsOf(atListPrice, [canceled]);
    expect(planNextStep({ ...facts, cancelRequest })).toMatchObject({
      step: "done",
      status: "Canceled",
    });
  });
});

describe("an order at Action needed", () => {
  it("waits for a fix, and tells the CRM meanwhile", () => {
    const facts = factsOf(atListPrice, [problemFound("validation", "unknown_product")]);
    expect(planNextStep(facts)).toMatchObject({ step: "wait", for: "fix", mayPassByItself: false });
    const writeBack = { desiredHash: "a", writtenHash: null, refusal: null };
    expect(planNextStep({ ...facts, writeBack })).toEqual({
      step: "tell",
      status: "Action needed",
    });
  });

  it("tries again by itself where the cause may pass by itself", () => {
    const facts = factsOf(atListPrice, [problemFound("provisioning", "billing_unreachable")]);
    expect(planNextStep(facts)).toMatchObject({ step: "wait", mayPassByItself: true });
  });
});
