import { expect } from "vitest";
import type { ErrorCode } from "../errors/error-code.ts";
import { decideOrder } from "../order/decide-order.ts";
import { foldOrder } from "../order/evolve-order.ts";
import type { OrderCommand } from "../order/order-command.ts";
import type { OrderEvent } from "../order/order-event.ts";
import type { OrderState } from "../order/order-state.ts";
import type { OrderStatus } from "../order/status-ladder.ts";
import { statusOf } from "../order/status-of.ts";

/** Commands that led to where a story begins; each of them has to be accepted. */
export function given(...commands: readonly OrderCommand[]) {
  const events: OrderEvent[] = [];
  for (const command of commands) {
    const decision = decideOrder({ state: foldOrder(events), command });
    if (!decision.ok) throw new Error(`${command.type}: ${decision.reasons[0].sentence}`);
    events.push(...decision.value);
  }
  const state = foldOrder(events);
  return {
    events,
    state,
    when: (command: OrderCommand) => {
      const decision = decideOrder({ state, command });
      const caused = decision.ok ? decision.value : [];
      const after = foldOrder([...events, ...caused]);
      return {
        state: after,
        /** The types of the events that the command causes, and the word the order then stands at. */
        thenCaused: (types: readonly OrderEvent["type"][], status: OrderStatus) => {
          expect(decision.ok ? [] : decision.reasons).toEqual([]);
          expect(caused.map(({ type }) => type)).toEqual(types);
          expect(statusOf(after)).toBe(status);
          return after;
        },
        thenRefused: (code: ErrorCode) => {
          expect(decision.ok ? decision.value : decision.reasons.map((one) => one.code)).toEqual([
            code,
          ]);
        },
      };
    },
  };
}

export const hash1 = "1".repeat(64);
export const hash2 = "2".repeat(64);

const waitingOn = {
  who: "Finance: Dana Kim",
  sinceIso: "2026-11-24T09:00:00Z",
  dueIso: "2026-11-26T09:00:00Z",
};

export const received: OrderCommand = { type: "receive", revisionHash: hash1, dealVersion: "1" };
export const revised: OrderCommand = { type: "revise", revisionHash: hash2, dealVersion: "2" };
export const revisedBack: OrderCommand = { type: "revise", revisionHash: hash1, dealVersion: "3" };
export const approvalRequested: OrderCommand = {
  type: "request-approval",
  path: {
    stages: [
      {
        key: "finance",
        name: "Finance",
        step: 1,
        approvers: [{ user: "dana@seller.example" }],
        quorum: { kind: "any" },
        dueAfterHours: 48,
        whenSilent: "park",
        reasons: [{ condition: { fact: "always" }, sentence: "Every order is asked for." }],
        inputsHash: hash1,
      },
    ],
  },
  waitingOn,
};
export const provisioningStarted: OrderCommand = { type: "start-provisioning" };
export const billed: OrderCommand = {
  type: "record-billing",
  system: "stripe",
  recordId: "sub_1",
  totalMinor: 13_750_000,
  currency: "USD",
};
export const granted: OrderCommand = {
  type: "record-grant",
  entitlementIds: ["ent_1"],
  activeFromIso: "2026-12-31T23:00:00Z",
  activeUntilIso: "2027-12-31T23:00:00Z",
  token: { jti: "lic_1", kid: "k1" },
};
export const canceled: OrderCommand = { type: "cancel", by: "sam@seller.example", reason: "typo" };
export const resumed: OrderCommand = { type: "resume", by: "sam@seller.example", because: "fixed" };
export const ended: OrderCommand = { type: "end" };

export function decided(
  decision: "approve" | "reject" | "request_changes",
  differing: { readonly revisionHash?: string; readonly isPathComplete?: boolean } = {},
): OrderCommand {
  return {
    type: "record-decision",
    revisionHash: hash1,
    stageKey: "finance",
    decision,
    decidedBy: "dana@seller.example",
    comment: decision === "approve" ? null : "too cheap",
    waitingOn: null,
    isPathComplete: decision === "approve",
    ...differing,
  };
}

export function undone(
  step: "bill" | "book" | "grant",
  outcome: "undone" | "failed" = "undone",
): OrderCommand {
  return {
    type: "record-undone",
    step,
    outcome,
    detail: outcome === "failed" ? "no answer" : null,
  };
}

export function problemFound(
  resumeAt: "validation" | "approval" | "provisioning" | "write-back",
  code: ErrorCode = "unexpected_failure",
): OrderCommand {
  return {
    type: "report-problem",
    problem: {
      code,
      sentence: `${code} at ${resumeAt}`,
      where: null,
      resumeAt,
      blockedOnProductCodes: [],
      faults: [],
    },
  };
}

/** The state of a story told by commands. */
export function stateAfter(...commands: readonly OrderCommand[]): OrderState {
  return given(...commands).state;
}
