import {
  appendOrderEvents,
  lapseApprovalTask,
  type OrderForPlanning,
  type RecordedDecision,
  replaceApprovalTasks,
  type StageToPut,
  type TenantTransaction,
} from "@usher/database";
import { keepDecisions } from "@usher/entitlement-core/approval";
import type { Instant } from "@usher/entitlement-core/kernel";
import {
  decideOrder,
  evolveOrder,
  type NextStep,
  type OrderCommand,
  type OrderEvent,
  type OrderFacts,
  planNextStep,
} from "@usher/entitlement-core/order";
import { OrderMovedError } from "./order-moved-error.ts";
import { excludedFrom, type OrderReading } from "./read-order.ts";

/** What cannot be done by rules and our own tables alone. */
export type OutwardStep = Exclude<
  NextStep,
  { readonly step: "record" | "report-problem" | "request-approval" | "tell" }
>;

export interface CarriedOrder {
  readonly step: OutwardStep;
  readonly facts: OrderFacts;
  readonly order: OrderForPlanning["order"];
}

/** Far more than any order needs in one go; a plan that never ends is a bug of the rules. */
const stepsMax = 20;

/**
 * Records what the rules say until something outside is needed: a vendor, a person, time. All of
 * it in the caller's transaction, its events in one statement.
 * Throws `OrderMovedError` when somebody else changed the order meanwhile: roll back, read again.
 */
export async function carryOrder(
  tx: TenantTransaction,
  { found, facts: asFound }: OrderReading,
  first: readonly OrderCommand[] = [],
): Promise<CarriedOrder> {
  let facts = asFound;
  const events: OrderEvent[] = [];
  const record = (command: OrderCommand): boolean => {
    const decision = decideOrder({ state: facts.state, command });
    if (!decision.ok || decision.value.length === 0) return false;
    events.push(...decision.value);
    facts = { ...facts, state: decision.value.reduce(evolveOrder, facts.state) };
    return true;
  };

  // Asked from outside, and refused where the order has moved on since: then nothing is to be done.
  for (const command of first) record(command);

  for (let count = 0; count < stepsMax; count += 1) {
    const step = planNextStep(facts);
    switch (step.step) {
      case "record": {
        const { command } = step;
        if (command.type === "lapse-approval") {
          const { stageKey, outcome } = command;
          await lapseApprovalTask(tx, {
            orderId: found.order.id,
            stageKey,
            outcome,
            now: facts.now,
          });
        }
        mustChange(record(command), step, facts);
        break;
      }
      case "report-problem":
        mustChange(record({ type: "report-problem", problem: step.problem }), step, facts);
        break;
      case "request-approval": {
        await putStages(tx, { found, facts, step });
        const { kept, waitingOn } = step;
        const path = { stages: step.ask.map(({ stage }) => stage) };
        mustChange(record({ type: "request-approval", path, waitingOn, kept }), step, facts);
        facts = withAsked(facts, step);
        break;
      }
      case "tell":
        throw new Error("The plan says to tell the CRM, which is done beside the run.");
      default: {
        const appended = await appendOrderEvents(tx, {
          order: found.order,
          events,
          actor: "usher",
          now: facts.now,
        });
        if (appended.kind === "conflict") throw new OrderMovedError(found.order.id);
        return { step, facts, order: appended.order };
      }
    }
  }
  throw new Error(
    `The plan of order ${found.order.id} did not come to an end: ${events.map((one) => one.type).join(", ")}.`,
  );
}

function mustChange(hasChanged: boolean, step: NextStep, { state }: OrderFacts): void {
  if (hasChanged) return;
  throw new Error(`The plan asks for ${step.step}, which changes nothing in phase ${state.phase}.`);
}

type AskStep = Extract<NextStep, { step: "request-approval" }>;

/** Tasks for the stages that are asked now, waiting ones for the steps after them. */
async function putStages(
  tx: TenantTransaction,
  {
    found,
    facts: { approval, now },
    step,
  }: { readonly found: OrderForPlanning; readonly facts: OrderFacts; readonly step: AskStep },
): Promise<void> {
  if (approval === null) throw new Error("Stages are to be asked, but the order has no content.");
  const { path, people, decisions } = approval;
  const { revisionHash } = step;
  const counting = keepDecisions({ path, people, decisions, revisionHash });
  const unsettled = new Set(counting.reopened.map((stage) => stage.key));
  const stages = path.stages
    .filter((stage) => unsettled.has(stage.key))
    .map((stage): StageToPut => {
      const ask = step.ask.find((one) => one.stage.key === stage.key);
      return ask === undefined
        ? {
            stage,
            approverEmails: people[stage.key]?.approverEmails ?? [],
            ask: { now: false },
          }
        : { stage, approverEmails: ask.approverEmails, ask: { now: true, dueAt: ask.dueAt } };
    });
  await replaceApprovalTasks(tx, {
    orderId: found.order.id,
    revision: step.revision,
    revisionHash,
    excludedEmails: excludedFrom(found),
    stages,
    keep: (counting.kept as readonly RecordedDecision[])
      .filter((one) => !unsettled.has(one.stageKey))
      .map((one) => one.taskId),
    now: now as Instant,
  });
}

function withAsked(facts: OrderFacts, { ask }: AskStep): OrderFacts {
  if (facts.approval === null) return facts;
  const asked = ask.map(({ stage, dueAt }) => ({
    stageKey: stage.key,
    inputsHash: stage.inputsHash,
    dueAt,
  }));
  return { ...facts, approval: { ...facts.approval, asked } };
}
