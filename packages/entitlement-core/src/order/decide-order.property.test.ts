import fc from "fast-check";
import { expect, it } from "vitest";
import {
  approvalRequested,
  billed,
  canceled,
  decided,
  ended,
  granted,
  hash1,
  hash2,
  problemFound,
  provisioningStarted,
  received,
  resumed,
  undone,
} from "../testing/order-story.ts";
import { decideOrder } from "./decide-order.ts";
import { evolveOrder, foldOrder } from "./evolve-order.ts";
import type { OrderCommand } from "./order-command.ts";
import type { OrderEvent } from "./order-event.ts";
import { noOrder, type OrderState } from "./order-state.ts";
import { statusLadder } from "./status-ladder.ts";
import { statusOf } from "./status-of.ts";

const revise = fc.tuple(fc.constantFrom(hash1, hash2, "3".repeat(64)), fc.nat(9)).map(
  ([revisionHash, version]): OrderCommand => ({
    type: "revise",
    revisionHash,
    dealVersion: String(version),
  }),
);

const aPlainCommand = fc.constantFrom<OrderCommand>(
  received,
  approvalRequested,
  provisioningStarted,
  billed,
  granted,
  canceled,
  resumed,
  ended,
  { type: "complete-approval" },
  { type: "keep-approvals", kept: [{ stageKey: "finance", decidedBy: "dana@seller.example" }] },
  { type: "reject", by: "dana@seller.example", comment: null },
  { type: "record-payment", system: "stripe", recordId: "in_1", outcome: "failed" },
  { type: "record-told", system: "salesforce", recordId: "006", status: "Active", sequence: 1 },
  undone("bill"),
  undone("grant"),
  undone("bill", "failed"),
  undone("grant", "failed"),
);

const aProblem = fc
  .constantFrom("validation", "approval", "provisioning", "write-back")
  .map((at) => problemFound(at));

const aDecision = fc
  .record({
    decision: fc.constantFrom("approve", "reject", "request_changes"),
    revisionHash: fc.constantFrom(hash1, hash2),
    isPathComplete: fc.boolean(),
  })
  .map(({ decision, ...differing }) => decided(decision, differing));

const aLapse = fc.constantFrom("parked", "denied").map(
  (outcome): OrderCommand => ({
    type: "lapse-approval",
    stageKey: "finance",
    stageName: "Finance",
    outcome,
  }),
);

const aCommand: fc.Arbitrary<OrderCommand> = fc.oneof(
  { weight: 14, arbitrary: aPlainCommand },
  { weight: 3, arbitrary: revise },
  { weight: 2, arbitrary: aDecision },
  { weight: 1, arbitrary: aProblem },
  { weight: 1, arbitrary: aLapse },
);

const commands = fc.array(aCommand, { maxLength: 40 }).map((list) => [received, ...list]);

interface Moment {
  readonly before: OrderState;
  readonly command: OrderCommand;
  readonly events: readonly OrderEvent[];
  readonly after: OrderState;
}

function live(list: readonly OrderCommand[]): readonly Moment[] {
  let before: OrderState = noOrder;
  return list.map((command) => {
    const decision = decideOrder({ state: before, command });
    const events = decision.ok ? decision.value : [];
    const after = events.reduce(evolveOrder, before);
    const moment = { before, command, events, after };
    before = after;
    return moment;
  });
}

it("whatever is asked in whatever order, the state is one that makes sense", () => {
  fc.assert(
    fc.property(commands, (list) => {
      for (const { after } of live(list)) {
        if (after.phase === "nothing") throw new Error("the order is gone");
        expect(statusLadder).toContain(statusOf(after));
        if (after.phase === "active") {
          // Active means: this very content was granted, and nothing else may have been billed since.
          expect(after.access?.revisionHash).toBe(after.revisionHash);
        }
        if (after.phase === "rejected" || after.phase === "canceled") {
          expect([after.access, after.billing]).toEqual([null, null]);
        }
        if (after.phase === "undoing") {
          const made = [after.access && "grant", after.billing && "bill"].filter(Boolean);
          expect(made).toEqual([...after.undoing.left]);
        }
        if (after.phase === "action-needed") {
          expect(after.provisioned).toBe(after.access !== null);
        }
      }
    }),
    { numRuns: 500 },
  );
});

it("a rejected or canceled revision is never billed or granted afterwards", () => {
  fc.assert(
    fc.property(commands, (list) => {
      const overFor = new Set<number>();
      for (const { events } of live(list)) {
        for (const event of events) {
          if (event.type === "order_rejected" || event.type === "order_canceled") {
            overFor.add(event.revision);
          }
          if (event.type === "provisioning_started" || event.type === "entitlements_granted") {
            expect(overFor.has(event.revision)).toBe(false);
          }
        }
      }
    }),
    { numRuns: 500 },
  );
});

it("canceled and ended are final", () => {
  fc.assert(
    fc.property(commands, (list) => {
      for (const { before, after } of live(list)) {
        if (before.phase === "canceled" || before.phase === "ended") {
          expect(after).toEqual(before);
        }
      }
    }),
  );
});

it("nothing is provisioned between being asked for and being approved", () => {
  fc.assert(
    fc.property(commands, (list) => {
      let isAsked = false;
      for (const event of live(list).flatMap(({ events }) => events)) {
        if (event.type === "approval_requested") isAsked = true;
        if (event.type === "order_approved" || event.type === "revision_received") isAsked = false;
        // A resume after a problem validates and plans the path anew: it may find nobody to ask.
        if (event.type === "order_resumed") isAsked = false;
        if (event.type === "provisioning_started") expect(isAsked).toBe(false);
      }
    }),
  );
});

it("the state is what its events add up to, also when the last command is repeated", () => {
  fc.assert(
    fc.property(commands, (list) => {
      const moments = live(list);
      const events = moments.flatMap((moment) => moment.events);
      expect(foldOrder(events)).toEqual(moments.at(-1)?.after);
      const revisions = events.filter(({ type }) => type.endsWith("_received"));
      expect(revisions.map(({ revision }) => revision)).toEqual(revisions.map((_, i) => i + 1));
    }),
  );
});

it("events fold without a state machine's consent: an older release's history is always readable", () => {
  const anEvent = commands.map((list) => live(list).flatMap(({ events }) => events));
  fc.assert(
    fc.property(anEvent, fc.infiniteStream(fc.nat()), (events, picks) => {
      const shuffled = events.map((_, index) => {
        const pick = picks.next().value ?? index;
        return events[pick % events.length];
      });
      const state = foldOrder(shuffled.flatMap((one) => (one === undefined ? [] : [one])));
      if (state.phase !== "nothing") expect(statusLadder).toContain(statusOf(state));
    }),
  );
});
