import { setTimeout as delay } from "node:timers/promises";
import type { UsherClient, WireOrder, WireOrderEvent } from "@usher/api-contract";
import { CliFailure } from "../cli-failure.ts";
import { expectOk } from "../hub.ts";

/**
 * Follows an order and hands over each event once, in order, until `isSettled` says so.
 * Bounded by `timeoutMs` of no news: a person who takes their time at the approval is news enough
 * (`waitsForPerson` turns the clock off).
 */
export async function watchOrder(input: {
  readonly hub: UsherClient;
  readonly orderId: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: WireOrderEvent) => void;
  readonly onStanding: (order: WireOrder) => void | Promise<void>;
  readonly isSettled: (order: WireOrder) => boolean;
}): Promise<WireOrder> {
  let seen = 0;
  let quietSince = performance.now();
  for (;;) {
    input.signal.throwIfAborted();
    const order = expectOk(await input.hub.call("getOrder", { path: { id: input.orderId } }));
    for await (const event of input.hub.each("listOrderEvents", { path: { id: input.orderId } })) {
      if (event.sequence <= seen) continue;
      seen = event.sequence;
      quietSince = performance.now();
      input.onEvent(event);
    }
    await input.onStanding(order);
    if (input.isSettled(order)) return order;
    if (order.status === "Awaiting approval") quietSince = performance.now();
    if (performance.now() - quietSince > input.timeoutMs) {
      throw new CliFailure(
        `Order ${order.number} stands at ${order.status} and nothing happened for ${input.timeoutMs / 1000} s.`,
        {
          hint: "Look at .usher/logs/worker.log and at the order's page.",
        },
      );
    }
    await delay(150, undefined, { signal: input.signal });
  }
}
