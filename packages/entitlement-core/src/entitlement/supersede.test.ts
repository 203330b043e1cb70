import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { someFeatures, someRights } from "../check/testing/arbitrary-rights.ts";
import type { EntitlementId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { effectiveEntitlement } from "./effective-entitlement.ts";
import type { Entitlement, EntitlementDraft } from "./entitlement.ts";
import { type Supersession, supersede } from "./supersede.ts";
import { aRight, day, seats, someSeats, sso } from "./testing/right-builder.ts";

const now = day("2027-06-01");

function draftOf(right: Entitlement): EntitlementDraft {
  const { id: _id, supersedes: _supersedes, ...draft } = right;
  return draft;
}

/** The books after the change: ends moved, rows added. */
function apply(
  held: readonly Entitlement[],
  { end, start }: Supersession,
  label = "new",
): Entitlement[] {
  return [
    ...held.map((right) => {
      const moved = end.find(({ id }) => id === right.id);
      return moved === undefined ? right : { ...right, activeTo: moved.activeTo };
    }),
    ...start.map((row, index) => ({ ...row, id: `${label}-${index}` as EntitlementId })),
  ];
}

describe("supersede", () => {
  it("what a new revision asks for unchanged stays untouched, with the provenance it had", () => {
    const held = [aRight("a"), aRight("b", { ...someSeats(5), graceDays: 14 })];
    const drafts = held.map((right) => ({
      ...draftOf(right),
      provenance: { ...right.provenance, revision: 2, decisionIds: ["apd_9"] },
    }));
    expect(supersede({ held, drafts, now })).toEqual({ end: [], start: [], keep: ["a", "b"] });
  });

  it("a changed amount ends the row now and starts its successor now", () => {
    const held = [aRight("a", { ...someSeats(5), graceDays: 14 })];
    const draft = draftOf(aRight("x", { ...someSeats(8), graceDays: 14 }));
    expect(supersede({ held, drafts: [draft], now })).toEqual({
      end: [{ id: "a", activeTo: now }],
      start: [{ ...draft, activeFrom: now, supersedes: "a" }],
      keep: [],
    });
  });

  it("a right whose start lies ahead is ended at its own start", () => {
    const coming = aRight("a", { activeFrom: day("2027-09-01"), graceDays: 14 });
    expect(supersede({ held: [coming], drafts: [], now })).toEqual({
      end: [{ id: "a", activeTo: day("2027-09-01") }],
      start: [],
      keep: [],
    });
  });

  it("a cancelation ends everything now, grace included", () => {
    const held = [aRight("a", { graceDays: 14 }), aRight("b", someSeats(5))];
    const change = supersede({ held, drafts: [], now });
    expect(change.end).toEqual([
      { id: "a", activeTo: now },
      { id: "b", activeTo: now },
    ]);
    const books = apply(held, change);
    for (const feature of [sso, seats]) {
      expect(effectiveEntitlement({ entitlements: books, feature, at: now }).standing).toBe(
        "expired",
      );
    }
  });

  it("a cancelation in grace ends the grace and moves no end that has passed", () => {
    const held = [aRight("a", { activeTo: day("2027-05-25"), graceDays: 14 })];
    const change = supersede({ held, drafts: [], now });
    expect(change.end).toEqual([]);
    const books = apply(held, change);
    const at = (when: Instant) =>
      effectiveEntitlement({ entitlements: books, feature: sso, at: when });
    expect(at((now - 1) as Instant).standing).toBe("in_grace");
    expect(at(now).standing).toBe("expired");
  });

  it("a term that started in the past starts now, and one that is over is not started", () => {
    const late = draftOf(aRight("x"));
    const over = draftOf(aRight("y", { ...someSeats(5), activeTo: day("2027-05-01") }));
    expect(supersede({ held: [], drafts: [late, over], now }).start).toEqual([
      { ...late, activeFrom: now, supersedes: null },
    ]);
  });

  it("a start moved into the future ends access until then, without grace", () => {
    const held = [aRight("a", { graceDays: 14 })];
    const draft = draftOf(aRight("x", { activeFrom: day("2027-06-10"), graceDays: 14 }));
    const books = apply(held, supersede({ held, drafts: [draft], now }));
    const at = (when: Instant) =>
      effectiveEntitlement({ entitlements: books, feature: sso, at: when });
    expect(at(now).standing).toBe("not_yet_active");
    expect(at(day("2027-06-10")).standing).toBe("active");
  });
});

describe("supersede, for any rights and drafts", { timeout: 60_000 }, () => {
  // One row per line and feature, as an order has; drafts keep the line ids.
  const unique = (rights: readonly Entitlement[]) => {
    const seen = new Set<string>();
    return rights
      .filter(({ provenance, feature }) => {
        const key = `${provenance.lineId} ${feature}`;
        return seen.has(key) ? false : seen.add(key) !== undefined;
      })
      .map((right, index) => ({
        ...right,
        id: `held-${index}` as EntitlementId,
        supersedes: null,
      }));
  };
  const isWell = ({ activeFrom, activeTo, graceDays }: Entitlement) =>
    (activeTo === null || activeFrom <= activeTo) && graceDays < 1000;
  const someBooks = someRights(someFeatures).map((rights) => unique(rights.filter(isWell)));
  const someDrafts = fc
    .tuple(someBooks, someBooks, fc.infiniteStream(fc.boolean()))
    .map(([held, others, picks]) => ({
      held,
      drafts: unique([
        ...held.filter(() => picks.next().value === true),
        ...others,
      ] as Entitlement[]).map(draftOf),
    }));
  const somewhen = fc.nat(80 * 7).map((days) => (day("2027-01-01") + days * 86_400_000) as Instant);

  const facts = (entitlements: readonly Entitlement[], at: Instant) =>
    someFeatures.map((feature) => {
      const { standing, limit, value, geo, enforcement } = effectiveEntitlement({
        entitlements,
        feature,
        at,
      });
      const isOn = standing === "active" || standing === "in_grace";
      return {
        isOn,
        limit,
        value,
        geo: [...geo].map((one) => JSON.stringify(one)).sort(),
        enforcement,
      };
    });

  it("leaves every past instant as it was", () => {
    fc.assert(
      fc.property(someDrafts, somewhen, somewhen, ({ held, drafts }, when, at) => {
        fc.pre(at < when);
        const books = apply(held, supersede({ held, drafts, now: when }));
        expect(facts(books, at)).toEqual(facts(held, at));
      }),
      { numRuns: 500 },
    );
  });

  it("grants from now on exactly what the drafts say", () => {
    fc.assert(
      fc.property(someDrafts, somewhen, somewhen, ({ held, drafts }, when, at) => {
        fc.pre(at >= when);
        // A term that is over is not started, so it has no grace either; what is held of it keeps its own.
        const wanted = drafts.filter(({ activeTo }) => activeTo === null || activeTo > when);
        const books = apply(held, supersede({ held, drafts: wanted, now: when }));
        const asked = wanted
          .filter(({ activeFrom, activeTo }) => activeTo === null || activeFrom < activeTo)
          .map((draft, index) => ({
            ...draft,
            id: `wanted-${index}` as EntitlementId,
            supersedes: null,
          }));
        const config = (fact: ReturnType<typeof facts>[number]) => ({ ...fact, value: null });
        // Which of several config sources is the latest depends on when rows were started.
        expect(facts(books, at).map(config)).toEqual(facts(asked, at).map(config));
      }),
      { numRuns: 500 },
    );
  });

  it("only ever moves an end earlier, and never to before now", () => {
    fc.assert(
      fc.property(someDrafts, somewhen, ({ held, drafts }, when) => {
        for (const { id, activeTo } of supersede({ held, drafts, now: when }).end) {
          const before = held.find((right) => right.id === id) as Entitlement;
          expect(activeTo).toBeGreaterThanOrEqual(Math.max(when, before.activeFrom));
          if (before.activeTo !== null) expect(activeTo).toBeLessThanOrEqual(before.activeTo);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("asked a second time changes nothing", () => {
    fc.assert(
      fc.property(someDrafts, somewhen, ({ held, drafts }, when) => {
        const books = apply(held, supersede({ held, drafts, now: when }));
        const again = supersede({ held: books, drafts, now: when });
        expect([again.end, again.start]).toEqual([[], []]);
      }),
      { numRuns: 500 },
    );
  });
});
