import { createConcurrencyLimit } from "../http/concurrency-limit.ts";
import { connectorFailure } from "../http/connector-failure.ts";
import type { CallContext } from "../spec/call-context.ts";
import { createOneAtATime } from "./one-at-a-time.ts";

/** Writes of orders: those of one order one after the other, and at most so many orders at once. */
export interface OrderLanes {
  /** Rejects with `transient` when the call is over before the order's turn came: nothing was begun. */
  run<T>(orderId: string, context: Pick<CallContext, "signal">, task: () => Promise<T>): Promise<T>;
}

/**
 * An order is many calls, one after the other. Begun all at once, a backlog of orders would share the
 * connection's few calls so evenly that each runs out of time before its last one; in lanes the first
 * are done while the others have not begun.
 */
export function createOrderLanes({ ordersMax }: { readonly ordersMax: number }): OrderLanes {
  const orders = createOneAtATime();
  const lanes = createConcurrencyLimit({ max: ordersMax });
  return {
    run: (orderId, { signal }, task) =>
      orders.run(orderId, async () => {
        let isBegun = false;
        try {
          return await lanes.run(() => {
            isBegun = true;
            return task();
          }, signal);
        } catch (error) {
          if (isBegun) throw error;
          throw connectorFailure({
            category: "transient",
            message: `Order ${orderId}: its turn had not come when the call's time was over; nothing was sent. ${ordersMax} orders at once are written to this system.`,
            cause: error,
          });
        }
      }),
  };
}
