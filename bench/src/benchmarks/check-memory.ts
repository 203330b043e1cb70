import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Benchmark } from "../benchmark.ts";

const execute = promisify(execFile);
const probe = fileURLToPath(new URL("../rights/measure-memory.ts", import.meta.url));
const boundBytes = 150;

interface Measured {
  readonly bytesPerEntitlement: number;
  readonly entitlements: number;
  readonly answersCompared: number;
}

/** What a right takes in memory, the customers' ids included: weighed in a fresh process after a collection. */
export const checkMemoryBenchmark: Benchmark = {
  name: "check-memory",
  about: "bytes an entitlement in the check table, 100,000 customers × 8 features",
  async prepare({ say }) {
    const first = await weigh();
    say(
      `${first.bytesPerEntitlement.toFixed(1)} bytes an entitlement over ${first.entitlements} entitlements`,
    );
    return {
      comparisons: [
        {
          name: "check-memory",
          subject: {
            name: "bytes an entitlement in the check table",
            measure: onceInManySlices(async () => (await weigh()).bytesPerEntitlement),
          },
          baseline: { name: `the bound of ${boundBytes} bytes`, measure: async () => boundBytes },
          better: "lower",
          goal: 1,
          stretch: null,
          figure: "median",
          compareAnswers: async () => first.answersCompared,
        },
      ],
      stop: async () => {},
    };
  },
};

/** Memory does not change with the time given: one weighing a round is enough. */
function onceInManySlices(weighNow: () => Promise<number>): () => Promise<number> {
  let calls = 0;
  let last: Promise<number> | undefined;
  return () => {
    if (last === undefined || calls % 8 === 0) last = weighNow();
    calls += 1;
    return last;
  };
}

async function weigh(): Promise<Measured> {
  const { stdout } = await execute(process.execPath, ["--expose-gc", probe], { timeout: 60_000 });
  return JSON.parse(stdout) as Measured;
}
