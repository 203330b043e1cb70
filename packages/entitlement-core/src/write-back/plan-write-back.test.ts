import { describe, expect, it } from "vitest";
import type { TimeZone } from "../kernel/index.ts";
import { statusLadder } from "../order/status-ladder.ts";
import { type OrderToTell, planWriteBack } from "./plan-write-back.ts";

function anOrder(changed: Partial<OrderToTell> = {}): OrderToTell {
  return {
    orderId: "ord_1",
    status: "Awaiting approval",
    waitingOn: {
      who: "Finance: Dana Kim",
      sinceIso: "2027-07-01T09:00:00Z",
      dueIso: "2027-07-03T09:00:00Z",
    },
    problem: null,
    activeFromIso: null,
    activeUntilIso: null,
    holds: [],
    timeZone: "UTC" as TimeZone,
    url: "https://hub.example/orders/ord_1",
    eventSequence: 3,
    ...changed,
  };
}

describe("planWriteBack", () => {
  it("tells who holds the order and until when they should act", () => {
    const { differs, status } = planWriteBack({ order: anOrder(), lastWritten: null });
    expect(differs).toBe(true);
    expect(status).toEqual({
      orderId: "ord_1",
      sequence: 3,
      status: "Awaiting approval",
      waitingOn: "Finance: Dana Kim",
      dueAtIso: "2027-07-03T09:00:00Z",
      activeFromIso: null,
      activeUntilIso: null,
      problem: null,
      summary: "Waits for Finance: Dana Kim, due 2027-07-03.",
      url: "https://hub.example/orders/ord_1",
    });
  });

  it("writes nothing when the CRM shows it already, however many events have passed", () => {
    const first = planWriteBack({ order: anOrder(), lastWritten: null });
    const lastWritten = { sequence: first.status.sequence, hash: first.hash };
    const again = planWriteBack({ order: anOrder({ eventSequence: 9 }), lastWritten });
    expect(again).toMatchObject({ differs: false, status: { sequence: 3 } });
  });

  it("each write has a higher sequence than the one before, also without a new event", () => {
    const lastWritten = { sequence: 8, hash: "other" };
    expect(planWriteBack({ order: anOrder(), lastWritten }).status.sequence).toBe(9);
    const later = anOrder({ eventSequence: 12 });
    expect(planWriteBack({ order: later, lastWritten }).status.sequence).toBe(12);
  });

  it("any field a person sees makes a difference", () => {
    const { hash } = planWriteBack({ order: anOrder(), lastWritten: null });
    const changes: Partial<OrderToTell>[] = [
      { status: "Active" },
      { waitingOn: null },
      { activeFromIso: "2027-07-01T00:00:00Z" },
      { activeUntilIso: "2028-07-01T00:00:00Z" },
      { url: "https://hub.example/orders/ord_2" },
      { waitingOn: { who: "Finance: Dana Kim", sinceIso: "x", dueIso: null } },
    ];
    for (const change of changes) {
      expect(planWriteBack({ order: anOrder(change), lastWritten: null }).hash).not.toBe(hash);
    }
  });

  it("has a sentence for every word of the ladder, and never one with a hole in it", () => {
    for (const status of statusLadder) {
      const order = anOrder({ status, waitingOn: null, holds: ["50 × GTX Pro"] });
      const { summary } = planWriteBack({ order, lastWritten: null }).status;
      expect(summary).toMatch(/^[A-Z].*\.$/);
      expect(summary).not.toMatch(/null|undefined/);
    }
  });

  it("shows what the customer has and until when", () => {
    const order = anOrder({
      status: "Active",
      waitingOn: null,
      holds: ["50 × GTX Pro", "SSO"],
      activeFromIso: "2027-06-30T22:00:00Z",
      activeUntilIso: "2028-06-30T22:00:00Z",
      timeZone: "Europe/Berlin" as TimeZone,
    });
    // The contract's calendar, and the last day of access rather than the first without.
    expect(planWriteBack({ order, lastWritten: null }).status.summary).toBe(
      "Live: 50 × GTX Pro, SSO, from 2027-07-01 through 2028-06-30.",
    );
  });
});
