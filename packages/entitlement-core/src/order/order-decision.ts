import { type Outcome, refuse } from "../kernel/outcome.ts";
import type { OrderCommand } from "./order-command.ts";
import type { OrderEvent } from "./order-event.ts";
import type { ReceivedOrder } from "./order-state.ts";
import type { Refusal } from "./refusal.ts";

/** The events a command causes, or why it causes none. */
export type Decision = Outcome<readonly OrderEvent[], Refusal>;
export type CommandOf<Type extends OrderCommand["type"]> = Extract<OrderCommand, { type: Type }>;

/** How a sentence speaks of where an order stands. */
export const phaseWords: Readonly<Record<ReceivedOrder["phase"], string>> = {
  received: "Received",
  "awaiting-approval": "Awaiting approval",
  provisioning: "Provisioning",
  active: "Active",
  "action-needed": "Action needed",
  undoing: "being taken back",
  rejected: "Rejected",
  canceled: "Canceled",
  ended: "Ended",
};

export function wrongPhase(state: ReceivedOrder, what: string): Decision {
  return no(
    "order_phase_conflict",
    `The order stands at ${phaseWords[state.phase]} and cannot ${what} from there.`,
  );
}

export function no(code: Refusal["code"], sentence: string): Decision {
  return refuse({ code, sentence });
}
