import { canonicalHash } from "../kernel/canonical-hash.ts";
import { type Instant, instantFromIso, type TimeZone } from "../kernel/instant.ts";
import { dayIn } from "../kernel/term.ts";
import type { Problem, WaitingOn } from "../order/problem.ts";
import type { OrderStatus } from "../order/status-ladder.ts";

/** Where an order stands, as far as the CRM is told. */
export interface OrderToTell {
  readonly orderId: string;
  readonly status: OrderStatus;
  readonly waitingOn: WaitingOn | null;
  readonly problem: Problem | null;
  /** Null before access exists. */
  readonly activeFromIso: string | null;
  /** Exclusive; null before access exists, or when it does not end. */
  readonly activeUntilIso: string | null;
  /** What the customer has: "50 × GTX Pro, SSO". Empty when there is nothing to say yet. */
  readonly holds: readonly string[];
  /** Whose calendar the summary's days are of: the contract's. */
  readonly timeZone: TimeZone;
  /** The order's timeline page. */
  readonly url: string;
  /** Grows with every event of the order. */
  readonly eventSequence: number;
}

/** What the CRM's record is to show. Field for field what a CRM connector writes. */
export interface ToldStatus {
  readonly orderId: string;
  readonly sequence: number;
  readonly status: OrderStatus;
  readonly waitingOn: string | null;
  readonly dueAtIso: string | null;
  readonly activeFromIso: string | null;
  readonly activeUntilIso: string | null;
  readonly problem: string | null;
  readonly summary: string;
  readonly url: string;
}

/** What was last written to the record, as remembered on our side. */
export interface LastWritten {
  readonly sequence: number;
  readonly hash: string;
}

export interface WriteBackPlan {
  /** False: the CRM already shows this, nothing is to be written. */
  readonly differs: boolean;
  readonly status: ToldStatus;
  /** Over everything shown but the sequence. */
  readonly hash: string;
}

/**
 * What the CRM is to be told, and whether that differs from what it was told last. The sequence
 * grows with every write, so a write that was overtaken on the way is recognized out there and
 * dropped; when nothing differs it stays the one last written.
 */
export function planWriteBack({
  order,
  lastWritten,
}: {
  readonly order: OrderToTell;
  readonly lastWritten: LastWritten | null;
}): WriteBackPlan {
  const shown: Omit<ToldStatus, "sequence"> = {
    orderId: order.orderId,
    status: order.status,
    waitingOn: order.waitingOn?.who ?? null,
    dueAtIso: order.waitingOn?.dueIso ?? null,
    activeFromIso: order.activeFromIso,
    activeUntilIso: order.activeUntilIso,
    problem: order.problem?.sentence ?? null,
    summary: summaryOf(order),
    url: order.url,
  };
  const hash = canonicalHash(shown);
  const differs = hash !== lastWritten?.hash;
  const sequence =
    lastWritten === null
      ? order.eventSequence
      : differs
        ? Math.max(order.eventSequence, lastWritten.sequence + 1)
        : lastWritten.sequence;
  return { differs, hash, status: { ...shown, sequence } };
}

/** One line for a list view of deals: who holds it, or what the customer has and until when. */
function summaryOf(order: OrderToTell): string {
  switch (order.status) {
    case "Received":
      return "Taken in by Usher.";
    case "Awaiting approval":
      return order.waitingOn === null
        ? "Waits for an approval."
        : `Waits for ${order.waitingOn.who}${dueOn(order)}.`;
    case "Provisioning":
      return "Approved; access is being set up.";
    case "Active":
      return `${order.holds.length > 0 ? `Live: ${order.holds.join(", ")}` : "Live"}${span(order)}.`;
    case "Action needed":
      return order.problem?.sentence ?? "Stands still until someone acts.";
    case "Rejected":
      return "Rejected by an approver; nothing was billed or granted.";
    case "Canceled":
      return "Canceled; access has ended.";
    case "Ended":
      return `The term is over${lastDayOfAccess(order, "; the last day was")}.`;
  }
}

function span(order: OrderToTell): string {
  const { activeFromIso, timeZone } = order;
  if (activeFromIso === null) return "";
  const from = dayIn({ at: instantFromIso(activeFromIso), timeZone });
  return `, from ${from}${lastDayOfAccess(order, " through")}`;
}

/** People name the last day they have; the instant stored is the first they have not. */
function lastDayOfAccess({ activeUntilIso, timeZone }: OrderToTell, word: string): string {
  if (activeUntilIso === null) return "";
  const lastInstant = (instantFromIso(activeUntilIso) - 1) as Instant;
  return `${word} ${dayIn({ at: lastInstant, timeZone })}`;
}

function dueOn({ waitingOn, timeZone }: OrderToTell): string {
  const due = waitingOn?.dueIso ?? null;
  return due === null ? "" : `, due ${dayIn({ at: instantFromIso(due), timeZone })}`;
}
