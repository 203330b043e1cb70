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
