import { afterAll, beforeAll, describe, it } from "vitest";
import type { AbilityFacts } from "./ability.ts";
import { type ConformanceBench, openConformanceBench } from "./conformance-bench.ts";
import { conformanceChecks } from "./conformance-checks.ts";
import { type ConformanceSubject, portsLeftOutOf } from "./conformance-subject.ts";
import { renderFault } from "./render-fault.ts";
import { runCheck } from "./run-check.ts";

/**
 * The checks, registered with vitest, one test each. What is beyond the connector, left out
 * is a skipped test that says why; what is unproven fails, and says what the harness lacks.
 */
export function describeConnectorConformance(subject: ConformanceSubject): void {
  describe(`conformance of ${subject.name}`, () => {
    let bench: ConformanceBench;
    let facts: AbilityFacts;

    beforeAll(async () => {
      bench = await openConformanceBench({
        start: subject.start,
        folder: subject.folder ?? null,
        portsLeftOut: portsLeftOutOf(subject),
      });
      const { peerUrl: url } = bench.harness;
      const system = bench.harness.connect({ url, fetch, now: Date.now });
      facts = { harness: bench.harness, system, folder: bench.folder };
    });
    afterAll(() => bench.stop());

    it.for(conformanceChecks.map((check) => [check.id, check.title, check] as const))(
      "%i. %s",
      async ([, , check], { skip }) => {
        const result = await runCheck({ check, subject, facts, bench });
        if (result.outcome === "failed" && result.fault !== null) {
          throw new Error(renderFault(result.fault));
        }
        if (result.outcome === "unproven") {
          throw new Error(
            `${result.because}. Add it, or leave the check out with a reason: skips: { ${check.id}: { bypassReason: "…" } }.`,
          );
        }
        if (result.because !== null) skip(`${result.outcome}: ${result.because}`);
      },
    );
  });
}
