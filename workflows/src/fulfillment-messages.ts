import {
  ApplicationFailure,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
} from "@temporalio/workflow";
import {
  type CancelOrderInput,
  cancelOrderSignal,
  type DecideInput,
  decideRefusals,
  decideUpdate,
  type FulfillmentPhase,
  phaseQuery,
  type WakeInput,
  wakeSignal,
} from "./contract.ts";

const wake = defineSignal<[WakeInput]>(wakeSignal);
const cancelOrder = defineSignal<[CancelOrderInput]>(cancelOrderSignal);
const decide = defineUpdate<{ readonly taken: true }, [DecideInput]>(decideUpdate);
const phase = defineQuery<FulfillmentPhase>(phaseQuery);

/** What reached the run and what it is ready to hear. The truth of it all is in the database. */
export interface Mailbox {
  phase: FulfillmentPhase;
  /** The revision hash whose approval the run waits for; null: it waits for none. */
  awaitedHash: string | null;
  /** Grows with every message: a plan made at a lower count is out of date. */
  messages: number;
  /** Called when a message makes the vendors' current work pointless. */
  onInterruption: (() => void) | null;
  cancelRequest: CancelOrderInput | null;
}

/** Sets every handler. To be called before the first `await`, or a message of the start is lost. */
export function openMailbox(): Mailbox {
  const mailbox: Mailbox = {
    phase: "planning",
    awaitedHash: null,
    messages: 0,
    onInterruption: null,
    cancelRequest: null,
  };
  setHandler(phase, () => mailbox.phase);
  setHandler(wake, ({ because }) => {
    mailbox.messages += 1;
    if (because === "revision" || because === "canceled") mailbox.onInterruption?.();
  });
  setHandler(cancelOrder, (request) => {
    mailbox.messages += 1;
    mailbox.cancelRequest ??= request;
    mailbox.onInterruption?.();
  });
  setHandler(
    decide,
    (): { readonly taken: true } => {
      mailbox.messages += 1;
      return { taken: true };
    },
    { validator: (input: DecideInput) => refuseUnlessAwaited({ input, mailbox }) },
  );
  return mailbox;
}

/** Synchronous and without effect: what it refuses is never written to the history. */
function refuseUnlessAwaited({
  input,
  mailbox,
}: {
  readonly input: DecideInput;
  readonly mailbox: Mailbox;
}): void {
  if (mailbox.awaitedHash === null) {
    throw ApplicationFailure.nonRetryable(
      `The run waits for no decision now: it is at ${mailbox.phase}.`,
      decideRefusals.notWaiting,
    );
  }
  if (input.revisionHash !== mailbox.awaitedHash) {
    throw ApplicationFailure.nonRetryable(
      `The run waits for a decision on revision hash ${mailbox.awaitedHash}; this one saw ${input.revisionHash}.`,
      decideRefusals.staleRevision,
    );
  }
}
