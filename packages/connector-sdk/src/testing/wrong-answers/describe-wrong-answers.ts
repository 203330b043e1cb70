import { expect, it } from "vitest";
import type { ConformanceSubject } from "../conformance-subject.ts";
import { portCallsOf } from "./port-calls.ts";
import { createWrongAnswersProof } from "./prove-wrong-answers.ts";
import { proveWrongEvents } from "./prove-wrong-events.ts";

/** A run this small has not looked at anything. */
const givenMin = 300;

/**
 * Everything that a vendor can answer wrongly, to every call of every port, and say wrongly in an
 * event, registered with vitest as one test: it ends in a category and a sentence or in the right result, within a bounded number of
 * requests and without a call to a foreign host.
 */
export function describeWrongAnswers(input: {
  readonly subject: ConformanceSubject;
  /** Faults by which this vendor says in good form that there is less, such as `/note missing/`. */
  readonly believed?: readonly RegExp[];
}): void {
  const { subject, believed = [] } = input;
  it(`${subject.name}: whatever the vendor answers wrongly ends in a category and a sentence, never in a crash, a loop or a silent skip`, async () => {
    const harness = await subject.start();
    try {
      const proof = createWrongAnswersProof({ harness, believed });
      const complaints: string[] = [];
      let given = 0;
      for (const call of await portCallsOf(harness)) {
        const report = await proof.prove(call);
        complaints.push(...report.complaints);
        given += report.given;
      }
      complaints.push(...(await proveWrongEvents(harness)));
      expect(complaints).toEqual([]);
      expect(given).toBeGreaterThan(givenMin);
    } finally {
      await harness.stop();
    }
  }, 300_000);
}
