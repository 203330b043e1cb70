import type { Checkpoint } from "@usher/connector-sdk/spec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterPage, afterPass, fromTheBeginning, readCheckpoint } from "./salesforce-checkpoint.ts";

const iso = (second: number) => new Date(second * 1000).toISOString();

interface Row {
  readonly id: string;
  readonly second: number;
  /** When other transactions begin to see it. */
  readonly visibleAt: number;
}

const overlap = 10;
const pageSize = 3;

/** One query of the org at `now`, as `readOpportunityChanges` makes it. */
function query(rows: readonly Row[], at: ReturnType<typeof readCheckpoint>, now: number) {
  const seen = rows
    .filter(({ visibleAt }) => visibleAt <= now)
    .map((row) => ({ ...row, stamp: iso(row.second) }))
    .filter(({ stamp, id }) => stamp > at.stamp || (stamp === at.stamp && id > at.id))
    .sort((one, other) => (one.stamp + one.id < other.stamp + other.id ? -1 : 1));
  return seen.slice(0, pageSize);
}

const aRow = fc.record({
  id: fc.string({
    unit: fc.constantFrom("A", "B", "C", "D", "E", "F"),
    minLength: 15,
    maxLength: 15,
  }),
  second: fc.integer({ min: 100, max: 140 }),
  late: fc.integer({ min: 0, max: overlap }),
});

describe("the checkpoint", () => {
  it("finds every row over kills at any page, late commits within the overlap and equal stamps", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(aRow, { selector: ({ id }) => id, maxLength: 40 }),
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 200, maxLength: 200 }),
        (specs, steps) => {
          const rows = specs.map(({ id, second, late }) => ({
            id,
            second,
            visibleAt: second + late,
          }));
          let checkpoint: Checkpoint | null = null;
          const found = new Set<string>();
          let now = 100;
          for (const step of steps) {
            now += step;
            const at = readCheckpoint({ checkpoint, nowMs: now * 1000 });
            const page = query(rows, at, now);
            for (const { id } of page) found.add(id);
            const end = page.at(-1);
            const last = end === undefined ? null : { stamp: end.stamp, id: end.id };
            const settledStamp = iso(now - overlap);
            // A kill loses a page's checkpoint now and then.
            if (step === 1 && page.length > 0) continue;
            checkpoint =
              page.length >= pageSize && last !== null
                ? afterPage({ at, last, settledStamp })
                : afterPass({ at, last, settledStamp });
          }
          const visible = rows.filter(({ visibleAt }) => visibleAt <= now - overlap - 40);
          for (const { id } of visible) expect(found).toContain(id);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("stands still on a quiet org once everything read is settled", () => {
    const at = { ...fromTheBeginning, stamp: iso(50), reads: 4 };
    const last = { stamp: iso(60), id: "006000000000001" };
    const next = afterPass({ at, last, settledStamp: iso(100) });
    expect(next).toEqual({ ...fromTheBeginning, ...last, reads: 4 });
  });

  it("begins the next pass at the overlap while rows may still commit behind those read", () => {
    const last = { stamp: iso(99), id: "006000000000001" };
    const next = afterPass({ at: fromTheBeginning, last, settledStamp: iso(90) });
    expect(next).toMatchObject({ stamp: iso(90), id: "" });
  });

  it("takes one that was stored before there were change events", () => {
    const stored = { stamp: iso(60), id: "006000000000001", settledStamp: null, reads: 4 };
    expect(readCheckpoint({ checkpoint: stored, nowMs: 100_000 })).toEqual({
      ...fromTheBeginning,
      ...stored,
    });
  });

  it.each([
    { stamp: "2026-11-24", id: "", settledStamp: null, reads: 0 },
    { stamp: iso(1), id: "' OR", settledStamp: null, reads: 0 },
    { stamp: iso(1), id: "", settledStamp: null, reads: 0, extra: 1 },
    { stamp: "2100-01-01T00:00:00.000Z", id: "", settledStamp: null, reads: 0 },
  ])("refuses %o", (checkpoint) => {
    expect(() => readCheckpoint({ checkpoint, nowMs: Date.parse("2026-11-24T00:00:00Z") })).toThrow(
      expect.objectContaining({ detail: expect.objectContaining({ category: "config" }) }),
    );
  });
});
