import type { DealStatus } from "@usher/connector-sdk/spec";

let orders = 0;

/** Of another order each time. */
export function aStatus(change: Partial<DealStatus> = {}): DealStatus {
  orders += 1;
  return {
    orderId: `ord_trap_${orders}`,
    sequence: 1,
    status: "Received",
    waitingOn: null,
    dueAtIso: null,
    activeFromIso: null,
    activeUntilIso: null,
    problem: null,
    summary: "s",
    url: "https://usher.example/o",
    ...change,
  };
}

/** As a person would read it, with an instant that is finer than any vendor keeps. */
export function aDatedStatus(change: Partial<DealStatus> = {}): DealStatus {
  return aStatus({
    dueAtIso: "2026-12-01T12:00:00.123Z",
    summary: "GTX Pro, 2 seats",
    url: "https://usher.example/orders/1",
    ...change,
  });
}
