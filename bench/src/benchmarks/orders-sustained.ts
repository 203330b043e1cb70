import type { Benchmark } from "../benchmark.ts";
import { inFlightFor, rateOfDone } from "../orders/in-flight.ts";
import { type OneActivityPeer, startOneActivityPeer } from "../orders/one-activity-peer.ts";
import { createRestOrders } from "../orders/rest-orders.ts";
import { createWonDeals } from "../orders/won-deals.ts";
import { startHubStage } from "../stage/hub-stage.ts";

const inFlight = 50;

/** Orders a second to Active with 50 in flight, by themselves. */
export const ordersSustainedBenchmark: Benchmark = {
  name: "orders-sustained",
  about: `orders a second to Active, ${inFlight} in flight, against empty one-activity workflows`,
  async prepare() {
    const hub = await startHubStage({ hasWorker: true, hasVendors: false });
    try {
      const peer = await startOneActivityPeer(hub);
      const orders = await createRestOrders(hub);
      return {
        comparisons: [
          {
            name: "orders-sustained",
            subject: {
              name: "orders a second from POST /v1/orders to an allowed check",
              measure: async (milliseconds) =>
                rateOfDone(
                  await inFlightFor({ inFlight, milliseconds, once: orders.placeAndAwaitAccess }),
                ),
            },
            baseline: peerSide(peer),
            ...sustained,
            compareAnswers: async () => {
              await inFlightFor({ inFlight, milliseconds: 0, once: orders.placeAndAwaitAccess });
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

/** The same with a CRM to read from and tell, and a billing system. */
export const ordersWithVendorsBenchmark: Benchmark = {
  name: "orders-with-vendors",
  about: `won deals a second from Salesforce to Active in Salesforce, billed in Stripe, ${inFlight} in flight`,
  async prepare() {
    const hub = await startHubStage({ hasWorker: true, hasVendors: true });
    try {
      const peer = await startOneActivityPeer(hub);
      const deals = createWonDeals(hub);
      return {
        comparisons: [
          {
            name: "orders-with-vendors",
            subject: {
              name: "deals a second: won, read, ordered, billed, granted, told back",
              measure: async (milliseconds) =>
                rateOfDone(
                  await inFlightFor({ inFlight, milliseconds, once: deals.winAndAwaitActive }),
                ),
            },
            baseline: peerSide(peer),
            ...sustained,
            compareAnswers: async () => {
              await inFlightFor({ inFlight, milliseconds: 0, once: deals.winAndAwaitActive });
              return await deals.verifyAll();
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

const sustained = {
  better: "higher",
  goal: 0.5,
  stretch: null,
  figure: "median",
  roundMs: 2_500,
  // A slice must be longer than what is in flight takes.
  pairsPerRound: 1,
} as const;

function peerSide(peer: OneActivityPeer) {
  return {
    name: `empty one-activity workflows a second, ${inFlight} in flight, on the same server`,
    measure: async (milliseconds: number) => rateOfDone(await peer.run({ inFlight, milliseconds })),
  };
}
