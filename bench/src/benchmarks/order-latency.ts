import type { Benchmark } from "../benchmark.ts";
import { medianOf } from "../median-of.ts";
import { inFlightFor } from "../orders/in-flight.ts";
import { startOneActivityPeer } from "../orders/one-activity-peer.ts";
import { createRestOrders } from "../orders/rest-orders.ts";
import { startHubStage } from "../stage/hub-stage.ts";

/** One order at a time on an idle hub: from sending it to the first check that says yes. */
export const orderLatencyBenchmark: Benchmark = {
  name: "order-latency",
  about: "one order from request to first allowed check, against an empty one-activity workflow",
  async prepare() {
    const hub = await startHubStage({ hasWorker: true, hasVendors: false });
    try {
      const peer = await startOneActivityPeer(hub);
      const orders = await createRestOrders(hub);
      return {
        comparisons: [
          {
            name: "order-latency",
            subject: {
              name: "ms from POST /v1/orders to the first allowed check",
              measure: async (milliseconds) => {
                const { eachMs } = await inFlightFor({
                  inFlight: 1,
                  milliseconds,
                  once: orders.placeAndAwaitAccess,
                });
                return medianOf(eachMs);
              },
            },
            baseline: {
              name: "ms of an empty one-activity workflow, started and waited for",
              measure: async (milliseconds) =>
                medianOf((await peer.run({ inFlight: 1, milliseconds })).eachMs),
            },
            better: "lower",
            goal: 2.5,
            stretch: null,
            figure: "median",
            roundMs: 3_000,
            compareAnswers: async () => {
              for (let index = 0; index < 10; index += 1) await orders.placeAndAwaitAccess();
              return await orders.verifyAll();
            },
          },
        ],
        stop: async () => {
          await peer.stop();
          await hub.stop();
        },
      };
    } catch (error) {
      await hub.stop();
      throw error;
    }
  },
};
