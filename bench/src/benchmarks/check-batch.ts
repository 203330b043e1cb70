import type { Benchmark } from "../benchmark.ts";
import { batchBody, startCheckHttpStage } from "../http/check-http-stage.ts";
import { httpSide } from "../http/http-side.ts";
import { randomSource } from "../rights/seeded-ids.ts";

const batchSize = 100;
/** More than the API keeps in mind as a whole, so that none of them is known when its turn comes again. */
const newLists = 2_000;
/** One customer of the API with a few requests in flight, single and batched alike. */
const connections = 32;
const batchConnections = 4;

/** Checks a second by `POST /v1/check/batch`, a hundred a request, against one by one. */
export const checkBatchBenchmark: Benchmark = {
  name: "check-batch",
  about: "checks a second in batches of 100 against single checks, one API process on one core",
  async prepare({ say }) {
    const stage = await startCheckHttpStage();
    const { load, headers, bodies, hub } = stage;
    const port = hub.apiPort;
    const repeated = Array.from({ length: Math.floor(bodies.length / batchSize) }, (_, index) =>
      batchBody(bodies.slice(index * batchSize, (index + 1) * batchSize)),
    );
    const random = randomSource(11);
    const fresh = Array.from({ length: newLists }, () =>
      batchBody(
        Array.from(
          { length: batchSize },
          () => bodies[Math.floor(random() * bodies.length)] as string,
        ),
      ),
    );
    await load.addTarget({ name: "single", port, path: "/v1/check", headers, bodies });
    const path = "/v1/check/batch";
    await load.addTarget({ name: "batch", port, path, headers, bodies: repeated });
    await load.addTarget({ name: "batch-new-lists", port, path, headers, bodies: fresh });
    const inBatches = (target: string, lists: string) =>
      httpSide({
        name: `checks a second in batches of ${batchSize}, ${lists}`,
        ...{ load, target, serverPid: hub.apiPid },
        connections: batchConnections,
        unitsPerRequest: batchSize,
      });
    const single = () =>
      httpSide({
        name: "single checks a second",
        ...{ load, target: "single", serverPid: hub.apiPid, connections },
      });
    const ofKnownLists = {
      subject: inBatches("batch", "lists that came before"),
      baseline: single(),
    };
    const ofNewLists = {
      subject: inBatches("batch-new-lists", "lists that did not"),
      baseline: single(),
    };
    const rules = {
      ...({ better: "higher", goal: 20, stretch: 30, figure: "median" } as const),
      compareAnswers: () => stage.compareWithOracle(path),
    };
    return {
      comparisons: [
        { name: "check-batch", ...ofKnownLists, ...rules },
        { name: "check-batch-new-lists", ...ofNewLists, ...rules },
      ],
      stop: async () => {
        for (const { subject, baseline } of [ofKnownLists, ofNewLists])
          for (const side of [subject, baseline]) say(side.describe());
        await stage.stop();
      },
    };
  },
};
