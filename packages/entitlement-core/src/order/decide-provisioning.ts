import { accept } from "../kernel/outcome.ts";
import { type CommandOf, type Decision, no, wrongPhase } from "./order-decision.ts";
import type { OrderEvent } from "./order-event.ts";
import type { ReceivedOrder } from "./order-state.ts";

export function startProvisioning(
  state: ReceivedOrder,
  { books = false }: CommandOf<"start-provisioning">,
): Decision {
  const { revision } = state;
  const started: OrderEvent = {
    type: "provisioning_started",
    revision,
    ...(books ? { books } : {}),
  };
  if (state.phase === "received") return accept([{ type: "order_validated", revision }, started]);
  if (state.phase !== "provisioning") return wrongPhase(state, "be provisioned");
  const isStarted = isOfNow(state, state.billing) && (!books || isOfNow(state, state.booking));
  return accept(isStarted ? [] : [started]);
}

function isOfNow(
  { revision, revisionHash }: ReceivedOrder,
  made: ReceivedOrder["billing"] | ReceivedOrder["booking"],
): boolean {
  return made?.revision === revision && made.revisionHash === revisionHash;
}

// Recorded wherever the order stands by now: the bill exists, and the timeline has to say so.
export function recordBilling(
  state: ReceivedOrder,
  command: CommandOf<"record-billing">,
): Decision {
  if (state.billing === null) {
    return no("order_phase_conflict", "Provisioning was not started, so nothing can be billed.");
  }
  const { system, recordId, totalMinor, currency } = command;
  const revision = command.revision ?? state.billing.revision;
  return accept([{ type: "order_billed", revision, system, recordId, totalMinor, currency }]);
}

export function recordBooking(
  state: ReceivedOrder,
  command: CommandOf<"record-booking">,
): Decision {
  if (state.booking === undefined) {
    return no("order_phase_conflict", "Provisioning was not started, so nothing can be booked.");
  }
  const { revision, system, recordId, number, totalMinor, currency } = command;
  return accept([
    { type: "order_booked", revision, system, recordId, number, totalMinor, currency },
  ]);
}

export function recordGrant(state: ReceivedOrder, command: CommandOf<"record-grant">): Decision {
  const { revision, access } = state;
  if (command.revision !== undefined && command.revision !== revision) {
    return no(
      "stale_revision",
      `Revision ${command.revision} is not granted: the order is at revision ${revision}.`,
    );
  }
  if (state.phase === "active" && access?.revision === revision) return accept([]);
  if (state.phase !== "provisioning") return wrongPhase(state, "be granted");
  if (state.billing?.revision !== revision) {
    return no("order_phase_conflict", "Provisioning of this revision was not started.");
  }
  const { entitlementIds, activeFromIso, activeUntilIso, token } = command;
  return accept([
    { type: "entitlements_granted", revision, entitlementIds, activeFromIso, activeUntilIso },
    { type: "token_issued", revision, ...token },
  ]);
}
