import { formatMoney } from "@usher/entitlement-core/kernel";
import { orderTotal, statusOf } from "@usher/entitlement-core/order";
import type { CarriedOrder } from "./carry-order.ts";
import { retryUnreachableInMs } from "./problem-from-failure.ts";
import type { RunStep } from "./run-step.ts";

const linesShownMax = 3;

/** A planned step in the words of the run. */
export function toRunStep(carried: CarriedOrder): RunStep {
  const { step, facts } = carried;
  const details = describe(carried);
  switch (step.step) {
    case "bill":
      return { kind: "bill", revision: step.revision, calls: step.calls, details };
    case "grant":
      return { kind: step.step, revision: step.revision, details };
    case "undo":
      return { kind: "undo", steps: step.undo, reason: step.because, details };
    case "wait":
      return step.for === "approval" && step.revisionHash !== null
        ? {
            kind: "wait-for-approval",
            revisionHash: step.revisionHash,
            dueInMs: step.until === null ? null : Math.max(0, step.until - facts.now),
            details,
          }
        : {
            kind: "wait-for-fix",
            retryInMs: step.mayPassByItself ? retryUnreachableInMs : null,
            details,
          };
    case "done":
      return { kind: "done", status: step.status, details };
  }
}

/** `Awaiting approval · GTX-PRO ×5 · 1,200.00 USD`: read in clear, so sku, amount and status only. */
function describe({ facts }: CarriedOrder): string {
  const status = statusOf(facts.state);
  const { content } = facts.latest;
  if (content === null) return status;
  const lines = content.lines
    .slice(0, linesShownMax)
    .map((line) => `${line.sku} ×${line.quantity}`);
  const hidden = content.lines.length - lines.length;
  if (hidden > 0) lines.push(`${hidden} more`);
  return [status, lines.join(", "), formatMoney(orderTotal(content))].join(" · ");
}
