import type { Benchmark } from "../benchmark.ts";
import { serverCore, startCheckHttpStage } from "../http/check-http-stage.ts";
import { httpSide } from "../http/http-side.ts";
import { startChild } from "../processes/child.ts";

const connections = 32;

/** `POST /v1/check` of the API's own process, key and all, against the barest Hono route there is. */
export const checkHttpBenchmark: Benchmark = {
  name: "check-http",
  about: "POST /v1/check with an API key against a bare Hono route, each process on one core",
  async prepare({ say }) {
    const stage = await startCheckHttpStage();
    const { load, headers, bodies, hub } = stage;
    const constant = await stage.typicalAnswer();
    const { child: hono, first } = await startChild<{ readonly port: number }>({
      file: "http/bare-hono.ts",
      env: { BENCH_CONSTANT: constant },
      core: serverCore,
    });
    await load.addTarget({ name: "hub", port: hub.apiPort, path: "/v1/check", headers, bodies });
    await load.addTarget({ name: "hono", port: first.port, path: "/v1/check", headers, bodies });
    const subject = httpSide({
      name: "POST /v1/check: key, tenant, rate limit, full reason",
      ...{ load, target: "hub", serverPid: hub.apiPid, connections },
    });
    const baseline = httpSide({
      name: `bare Hono route, the same request, a constant of ${constant.length} bytes`,
      ...{ load, target: "hono", serverPid: hono.pid, connections },
    });
    return {
      comparisons: [
        {
          name: "check-http",
          subject,
          baseline,
          better: "higher",
          goal: 0.65,
          stretch: 0.85,
          figure: "median",
          compareAnswers: async () => {
            const response = await fetch(`http://127.0.0.1:${first.port}/v1/check`, {
              ...{ method: "POST", headers, body: bodies[0] ?? "" },
            });
            if ((await response.text()) !== constant)
              throw new Error("The bare route does not answer the constant.");
            return await stage.compareWithOracle("/v1/check");
          },
        },
      ],
      stop: async () => {
        for (const side of [subject, baseline]) say(side.describe());
        await hono.stop();
        await stage.stop();
      },
    };
  },
};
