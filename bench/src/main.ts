import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { BenchmarkResult } from "./benchmark.ts";
import { benchmarks } from "./benchmarks/index.ts";
import { compare } from "./compare.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false }, rounds: { type: "string", default: "5" } },
});

const chosen =
  positionals.length === 0
    ? benchmarks
    : benchmarks.filter((one) => positionals.includes(one.name));
if (chosen.length === 0) {
  process.stderr.write(
    `No benchmark is called ${positionals.join(", ")}. There are: ${benchmarks.map((one) => one.name).join(", ")}.\n`,
  );
  process.exit(2);
}

// Ctrl-C stops what was started for the benchmark at hand. What dies with this process by itself
// (guarded processes) or is cleared by the next run (folders) needs no more.
let stopStage = async () => {};
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    process.stderr.write(`Stopped by ${signal}; nothing was written.\n`);
    void stopStage().finally(() => process.exit(130));
  });
}

const say = (line: string) => process.stdout.write(`${line}\n`);
const results: BenchmarkResult[] = [];
for (const benchmark of chosen) {
  say(`\n${benchmark.name}: ${benchmark.about}`);
  const stage = await benchmark.prepare({ say: (line) => say(`  ${line}`), isQuick: values.quick });
  stopStage = stage.stop;
  try {
    for (const comparison of stage.comparisons) {
      const result = await compare({
        comparison,
        rounds: Number(values.rounds),
        roundMs: (comparison.roundMs ?? 1000) * (values.quick ? 0.3 : 1),
      });
      results.push(result);
      const isMet =
        result.better === "higher" ? result.ratio >= result.goal : result.ratio <= result.goal;
      say(
        `  ${isMet ? "meets " : "misses"} ${result.name}: ${result.ratio.toFixed(3)} ` +
          `(goal ${result.better === "higher" ? "≥" : "≤"} ${result.goal}; ${result.subject} against ${result.baseline}; ` +
          `rounds ${result.rounds.map((round) => round.ratio.toFixed(3)).join(" ")}; ${result.answers_compared} answers compared)`,
      );
    }
  } finally {
    stopStage = async () => {};
    await stage.stop();
  }
}

const folder = new URL("../results/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("latest.json", folder), `${JSON.stringify({ results }, null, 2)}\n`);
say(`\nWritten to bench/results/latest.json`);
