import { afterAll, beforeAll, describe } from "vitest";
import { checkBillingWrites } from "./check-billing-writes.ts";
import { checkHttpManners } from "./check-http-manners.ts";
import { checkReading } from "./check-reading.ts";
import { checkStatusWrites } from "./check-status-writes.ts";
import { checkWebhooks } from "./check-webhooks.ts";
import type { ConformanceHarness } from "./conformance-harness.ts";
import { createConformanceRun } from "./conformance-run.ts";

const parts = {
  "http manners": checkHttpManners,
  reading: checkReading,
  "status writes": checkStatusWrites,
  "billing writes": checkBillingWrites,
  webhooks: checkWebhooks,
} as const;

export type ConformancePart = keyof typeof parts;

/**
 * The checks every connector passes, registered with vitest. `parts` names those that fit what the
 * connector does; leaving one out takes a reason, which is shown.
 */
export function describeConnectorConformance(input: {
  readonly name: string;
  readonly start: () => Promise<ConformanceHarness>;
  readonly skips: Partial<Record<ConformancePart, { readonly bypassReason: string }>>;
}): void {
  describe(`conformance of ${input.name}`, () => {
    const run = createConformanceRun(input);
    beforeAll(() => run.start());
    afterAll(() => run.stop());
    for (const [name, check] of Object.entries(parts) as [ConformancePart, typeof checkReading][]) {
      const reason = input.skips[name]?.bypassReason;
      const title = reason === undefined ? name : `${name}, left out: ${reason}`;
      describe.skipIf(reason !== undefined)(`${title}`, () => {
        check(run);
      });
    }
  });
}
