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
    const weighed = [await weigh(), await weigh()] as const;
    const [first] = weighed;
    let asked = 0;
    say(
      `${first.bytesPerEntitlement.toFixed(1)} bytes an entitlement over ${first.entitlements} entitlements`,
    );
    return {
      comparisons: [
        {
          name: "check-memory",
          subject: {
            name: "bytes an entitlement in the check table",
            // Memory does not change with the time given: two weighings, told in turn, show that it repeats.
            measure: async () => {
              asked += 1;
              return (weighed[asked % 2] ?? first).bytesPerEntitlement;
            },
          },
          baseline: { name: `the bound of ${boundBytes} bytes`, measure: async () => boundBytes },
          better: "lower",
          goal: 1,
          stretch: null,
          figure: "median",
          pairsPerRound: 1,
          compareAnswers: async () => first.answersCompared,
        },
      ],
      stop: async () => {},
    };
  },
};

async function weigh(): Promise<Measured> {
  const { stdout } = await execute(process.execPath, ["--expose-gc", probe], { timeout: 60_000 });
  return JSON.parse(stdout) as Measured;
}
