import fc from "fast-check";
import { expect, it } from "vitest";
import { addHours, type Instant, instantFromIso } from "../kernel/instant.ts";
import { aStage } from "../testing/a-stage.ts";
import { lapseStages } from "./lapse-stages.ts";

const due = instantFromIso("2026-11-24T12:00:00Z");

it("silence parks from the due instant on, not before it", () => {
  const asked = [{ stage: aStage(), dueAt: due }];
  expect(lapseStages({ asked, now: (due - 1) as Instant })).toEqual([]);
  expect(lapseStages({ asked, now: due }).map(({ outcome }) => outcome)).toEqual(["parked"]);
});

it("silence denies where the policy says so", () => {
  const asked = [{ stage: aStage({ whenSilent: "deny" }), dueAt: due }];
  expect(lapseStages({ asked, now: due }).map(({ outcome }) => outcome)).toEqual(["denied"]);
});

it("silence never approves, however long it lasts", () => {
  fc.assert(
    fc.property(fc.constantFrom("park", "deny"), fc.nat(1_000_000), (whenSilent, hours) => {
      const asked = [{ stage: aStage({ whenSilent }), dueAt: due }];
      for (const { outcome } of lapseStages({ asked, now: addHours(due, hours) })) {
        expect(["parked", "denied"]).toContain(outcome);
      }
    }),
  );
});
