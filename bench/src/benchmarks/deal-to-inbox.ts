import type { Benchmark, Side } from "../benchmark.ts";
import { medianOf } from "../median-of.ts";
import { type InboxArrivals, type Way, watchInboxArrivals } from "../orders/inbox-arrivals.ts";
import { startHubStage } from "../stage/hub-stage.ts";

/** The stage's polling interval, and the second that Salesforce's stamps leave open. */
const pollingBoundMs = 2_000;

/** From "won" in the CRM to stored in the inbox, by the CRM's notification and by polling. */
export const dealToInboxBenchmark: Benchmark = {
  name: "deal-to-inbox",
  about:
    "ms from won in the simulated Salesforce to stored in the inbox, by webhook and by polling",
  async prepare() {
    const hub = await startHubStage({ hasWorker: true, hasVendors: true });
    try {
      const arrivals = await watchInboxArrivals(hub);
      const polling = side(arrivals, "polling");
      return {
        comparisons: [
          {
            name: "deal-to-inbox-by-webhook",
            subject: side(arrivals, "webhook"),
            baseline: polling,
            better: "lower",
            goal: 0.25,
            stretch: 0.05,
            figure: "median",
            roundMs: 6_000,
            pairsPerRound: 1,
            compareAnswers: arrivals.verifyAll,
          },
          {
            name: "deal-to-inbox-by-polling",
            subject: polling,
            baseline: {
              name: "the polling interval and the second that is still open, in ms",
              measure: async () => pollingBoundMs,
            },
            better: "lower",
            // Each deal is won right after the read before, the worst moment; one read comes on top.
            goal: 1.1,
            stretch: null,
            figure: "median",
            roundMs: 6_000,
            pairsPerRound: 1,
            compareAnswers: arrivals.verifyAll,
          },
        ],
        stop: async () => {
          await arrivals.stop();
          await hub.stop();
        },
      };
    } catch (error) {
      await hub.stop();
      throw error;
    }
  },
};

function side(arrivals: InboxArrivals, way: Way): Side {
  return {
    name: `ms to the inbox by ${way}`,
    async measure(milliseconds) {
      const until = performance.now() + milliseconds;
      const each: number[] = [];
      do each.push(await arrivals.winAndAwait(way));
      while (performance.now() < until);
      return medianOf(each);
    },
  };
}
