import type { PlannedStage } from "../approval/approval-path.ts";
import { keepDecisions } from "../approval/keep-decisions.ts";
import { lapseStages } from "../approval/lapse-stages.ts";
import { type PathProgress, pathProgress, peopleOf } from "../approval/path-progress.ts";
import { eligibleApprovers } from "../approval/settle-stage.ts";
import type { DealFault } from "../deal/deal-fault.ts";
import { addHours, earliestOf, type Instant, instantFromIso } from "../kernel/instant.ts";
import { isNonEmpty } from "../kernel/outcome.ts";
import { currencyChangedProblem, noEligibleApproverProblem } from "./approval-problems.ts";
import { decideOrder } from "./decide-order.ts";
import type { BillingCall, NextStep, StageToAsk } from "./next-step.ts";
import type { OrderCommand } from "./order-command.ts";
import type { OrderFacts } from "./order-facts.ts";
import type { OrderState, ReceivedOrder } from "./order-state.ts";
import { problemFromFaults } from "./problem-from-faults.ts";
import { statusOf } from "./status-of.ts";
import { waitingOnStages } from "./waiting-on-stages.ts";

/**
 * The one place that knows what comes after what. It looks at facts only, so that a process may die
 * at any instant: the next one asks again and goes on where the facts are.
 */
export function planNextStep(facts: OrderFacts): NextStep {
  const { state, latest, cancelRequest } = facts;
  if (state.phase === "nothing") {
    const { revisionHash, dealVersion } = latest;
    return record({ type: "receive", revisionHash, dealVersion });
  }
  if (cancelRequest !== null) {
    const command: OrderCommand = { type: "cancel", ...cancelRequest };
    if (changesSomething(state, command)) return record(command);
  }
  if (latest.revision > state.revision) {
    const { revisionHash, dealVersion } = latest;
    const command: OrderCommand = { type: "revise", revisionHash, dealVersion };
    if (changesSomething(state, command)) return record(command);
  }
  switch (state.phase) {
    case "received":
      return afterReceived(facts, state);
    case "awaiting-approval":
      return whileAwaitingApproval(facts, state);
    case "provisioning":
      return whileProvisioning(facts, state);
    case "active":
      return whileActive(facts, state);
    case "action-needed": {
      const { problem } = state;
      const isRefusedTelling = problem.resumeAt === "write-back";
      return (
        (isRefusedTelling ? null : tell(facts)) ?? {
          step: "wait",
          for: "fix",
          revisionHash: null,
          until: null,
          mayPassByItself: problem.code.endsWith("_unreachable"),
        }
      );
    }
    case "undoing": {
      const { left, becomes, by, reason } = state.undoing;
      const because = `${becomes} by ${by}${reason === null ? "" : `: ${reason}`}`;
      return { step: "undo", undo: left, because };
    }
    case "rejected":
    case "canceled":
    case "ended":
      return tell(facts) ?? done(state, null);
  }
}

function afterReceived(facts: OrderFacts, state: ReceivedOrder): NextStep {
  const { latest, billing, booking, approval } = facts;
  if (latest.content === null || approval === null) return problem(faultsOf(facts));
  const { content } = latest;
  const other = [billing.billed, booking?.booked ?? null].find(
    (made) => made !== null && made.currency !== content.currency,
  );
  if (other !== undefined && other !== null) {
    return {
      step: "report-problem",
      problem: currencyChangedProblem({ content, billedIn: other.currency }),
    };
  }
  const progress = progressOf(facts, state.revisionHash);
  switch (progress.kind) {
    case "complete": {
      const kept = keptApprovals(facts, state.revisionHash);
      return record(
        kept.length === 0 ? startProvisioning(facts) : { type: "keep-approvals", kept },
      );
    }
    case "open":
      return ask(facts, state, progress.open);
    default:
      return settled(progress);
  }
}

function whileAwaitingApproval(
  facts: OrderFacts,
  state: Extract<OrderState, { phase: "awaiting-approval" }>,
): NextStep {
  const { approval, now } = facts;
  // Without content nothing could have been asked; should it ever be so, say what is wrong.
  if (approval === null) return problem(faultsOf(facts));
  const progress = progressOf(facts, state.revisionHash);
  if (progress.kind === "complete") return record({ type: "complete-approval" });
  if (progress.kind !== "open") return settled(progress);

  const dueAtOf = new Map(
    approval.asked.map(({ stageKey, inputsHash, dueAt }) => [`${stageKey} ${inputsHash}`, dueAt]),
  );
  const asked = progress.open.flatMap((stage) => {
    const dueAt = dueAtOf.get(`${stage.key} ${stage.inputsHash}`);
    return dueAt === undefined ? [] : [{ stage, dueAt }];
  });
  // Denied before parked: where one stage's silence is a no, the order is over.
  const [lapsed] = lapseStages({ asked, now }).toSorted(
    (one, other) => Number(one.outcome === "parked") - Number(other.outcome === "parked"),
  );
  if (lapsed !== undefined) {
    return record({
      type: "lapse-approval",
      stageKey: lapsed.stage.key,
      stageName: lapsed.stage.name,
      outcome: lapsed.outcome,
    });
  }
  if (asked.length < progress.open.length) return ask(facts, state, progress.open);
  return (
    tell(facts) ?? {
      step: "wait",
      for: "approval",
      revisionHash: state.revisionHash,
      until: earliestOf(asked.map(({ dueAt }) => dueAt) as [Instant, ...Instant[]]),
      mayPassByItself: false,
    }
  );
}

function whileProvisioning(facts: OrderFacts, state: ReceivedOrder): NextStep {
  const { revision, revisionHash } = state;
  // A problem may have been resumed at provisioning by hand while the deal has lost its content.
  if (facts.latest.content === null) return problem(faultsOf(facts));
  const start = startProvisioning(facts);
  if (changesSomething(state, start)) return record(start);
  const calls = openCalls(facts, revisionHash);
  if (isNonEmpty(calls)) return { step: "bill", revision, revisionHash, calls };
  return { step: "grant", revision, revisionHash };
}

function startProvisioning({ booking }: OrderFacts): OrderCommand {
  return { type: "start-provisioning", ...(booking?.isConnected === true ? { books: true } : {}) };
}

/** What of this revision is not known to stand out there, of what there is a system for. */
function openCalls({ billing, booking }: OrderFacts, revisionHash: string): readonly BillingCall[] {
  const calls: BillingCall[] = [];
  if (billing.isConnected && billing.billed?.revisionHash !== revisionHash) calls.push("bill");
  if (booking?.isConnected === true && booking.booked?.revisionHash !== revisionHash) {
    calls.push("book");
  }
  return calls;
}

function whileActive(facts: OrderFacts, state: Extract<OrderState, { phase: "active" }>): NextStep {
  const endsAt = state.activeUntilIso === null ? null : instantFromIso(state.activeUntilIso);
  if (endsAt !== null && endsAt <= facts.now) return record({ type: "end" });
  const refusal = facts.writeBack?.refusal ?? null;
  if (refusal !== null) return { step: "report-problem", problem: refusal };
  return tell(facts) ?? done(state, endsAt);
}

/** A path that decisions have settled without a yes, or that nobody can settle. */
function settled(progress: Exclude<PathProgress, { kind: "complete" | "open" }>): NextStep {
  switch (progress.kind) {
    case "rejected":
      return record({ type: "reject", by: progress.by, comment: progress.comment });
    case "changes-requested": {
      const sentence = `${progress.by} of ${progress.stage.name} asked for changes${progress.comment === null ? "" : `: “${progress.comment}”`}. Change the deal accordingly: saving it asks again.`;
      return {
        step: "report-problem",
        problem: {
          code: "changes_requested",
          sentence,
          where: null,
          resumeAt: "approval",
          blockedOnProductCodes: [],
          faults: [{ code: "changes_requested", sentence, where: null }],
        },
      };
    }
    case "unreachable":
      return { step: "report-problem", problem: noEligibleApproverProblem(progress) };
  }
}

function ask(
  facts: OrderFacts,
  state: ReceivedOrder,
  open: readonly [PlannedStage, ...PlannedStage[]],
): NextStep {
  const { now, approval } = facts;
  const dueAtOf = new Map(
    approval?.asked.map((one) => [`${one.stageKey} ${one.inputsHash}`, one.dueAt]),
  );
  const stages = open.map(
    (stage): StageToAsk => ({
      stage,
      approverEmails: eligibleApprovers(peopleOf(approval?.people ?? {}, stage.key)),
      // A stage that is being asked already keeps its due instant.
      dueAt: dueAtOf.get(`${stage.key} ${stage.inputsHash}`) ?? addHours(now, stage.dueAfterHours),
    }),
  ) as [StageToAsk, ...StageToAsk[]];
  return {
    step: "request-approval",
    revision: state.revision,
    revisionHash: state.revisionHash,
    path: approval?.path ?? { stages: open },
    ask: stages,
    kept: state.phase === "received" ? keptApprovals(facts, state.revisionHash) : [],
    waitingOn: waitingOnStages({ asked: stages, names: approval?.names ?? {}, since: now }),
  };
}

function progressOf({ approval }: OrderFacts, revisionHash: string): PathProgress {
  if (approval === null) return { kind: "complete" };
  const { path, people, decisions } = approval;
  return pathProgress({ path, people, decisions, revisionHash });
}

function keptApprovals({ approval }: OrderFacts, revisionHash: string) {
  if (approval === null) return [];
  const { path, people, decisions } = approval;
  return keepDecisions({ path, people, decisions, revisionHash })
    .kept.filter(({ decision }) => decision === "approve")
    .map(({ stageKey, decidedBy }) => ({ stageKey, decidedBy }));
}

function faultsOf({ latest }: OrderFacts): readonly [DealFault, ...DealFault[]] {
  if (isNonEmpty(latest.faults)) return latest.faults;
  throw new RangeError(`Revision ${latest.revision} has neither content nor faults.`);
}

function problem(faults: readonly [DealFault, ...DealFault[]]): NextStep {
  return { step: "report-problem", problem: problemFromFaults(faults) };
}

/** The CRM is told when it shows something else and did not refuse exactly that. */
function tell({ writeBack, state }: OrderFacts): NextStep | null {
  if (writeBack === null || writeBack.refusal !== null) return null;
  if (writeBack.desiredHash === writeBack.writtenHash) return null;
  return { step: "tell", status: statusOf(state) };
}

function done(state: OrderState, endsAt: Instant | null): NextStep {
  return { step: "done", status: statusOf(state), endsAt };
}

function record(command: OrderCommand): NextStep {
  return { step: "record", command };
}

function changesSomething(state: OrderState, command: OrderCommand): boolean {
  const decision = decideOrder({ state, command });
  return decision.ok && decision.value.length > 0;
}
