import { openConformanceBench } from "./conformance-bench.ts";
import { conformanceChecks } from "./conformance-checks.ts";
import type { CheckResult, ConformanceReport } from "./conformance-report.ts";
import { type ConformanceSubject, portsLeftOutOf } from "./conformance-subject.ts";
import { runCheck } from "./run-check.ts";

export interface ConformanceOptions {
  /** Numbers of the checks to run; all of them when left out. */
  readonly only?: readonly number[];
  /** Told of each check as it ends. */
  readonly onResult?: (result: CheckResult) => void;
  readonly budgetMs?: number;
  readonly stopwatch?: () => number;
}

/** Runs the checks against one connector and its peer, one after the other, and reports on each. */
export async function runConformance(
  subject: ConformanceSubject,
  options: ConformanceOptions = {},
): Promise<ConformanceReport> {
  const { only, onResult, ...bounds } = options;
  const bench = await openConformanceBench({
    start: subject.start,
    folder: subject.folder ?? null,
    portsLeftOut: portsLeftOutOf(subject),
    ...bounds,
  });
  try {
    // Looked at for its ports alone; nothing is called.
    const { peerUrl: url } = bench.harness;
    const system = bench.harness.connect({ url, fetch, now: Date.now });
    const facts = { harness: bench.harness, system, folder: bench.folder };
    const results: CheckResult[] = [];
    for (const check of conformanceChecks) {
      if (only !== undefined && !only.includes(check.id)) continue;
      const result = await runCheck({ check, subject, facts, bench });
      results.push(result);
      onResult?.(result);
    }
    const passed = results.filter(({ outcome }) => outcome === "passed").length;
    return {
      name: subject.name,
      version: bench.harness.definition?.connector.manifest.version ?? null,
      peer: subject.peer ?? "a fake peer",
      elapsedMs: Math.round(bench.elapsedMs()),
      score: {
        passed,
        asked: results.filter(({ outcome }) => outcome !== "beyond").length,
      },
      isConformant: results.every(({ outcome }) => outcome !== "failed" && outcome !== "unproven"),
      results,
    };
  } finally {
    await bench.stop();
  }
}
