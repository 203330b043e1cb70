import type { Benchmark } from "../benchmark.ts";
import { batchBody, startCheckHttpStage } from "../http/check-http-stage.ts";
import { httpSide } from "../http/http-side.ts";

const batchSize = 100;
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
    const batches = Array.from({ length: Math.floor(bodies.length / batchSize) }, (_, index) =>
      batchBody(bodies.slice(index * batchSize, (index + 1) * batchSize)),
    );
    await load.addTarget({ name: "single", port, path: "/v1/check", headers, bodies });
    await load.addTarget({
      name: "batch",
      port,
      path: "/v1/check/batch",
      headers,
      bodies: batches,
    });
    const subject = httpSide({
      name: `checks a second in batches of ${batchSize}`,
      ...{ load, target: "batch", serverPid: hub.apiPid },
      connections: batchConnections,
      unitsPerRequest: batchSize,
    });
    const baseline = httpSide({
      name: "single checks a second",
      ...{ load, target: "single", serverPid: hub.apiPid, connections },
    });
    return {
      comparisons: [
        {
          name: "check-batch",
          subject,
          baseline,
          better: "higher",
          goal: 20,
          stretch: 30,
          figure: "median",
          compareAnswers: () => stage.compareWithOracle("/v1/check/batch"),
        },
      ],
      stop: async () => {
        for (const side of [subject, baseline]) say(side.describe());
        await stage.stop();
      },
    };
  },
};
