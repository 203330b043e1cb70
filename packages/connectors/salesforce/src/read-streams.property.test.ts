import { createVirtualClock, type ReadStep, readWithKills } from "@usher/connector-sdk/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createSalesforceConnector } from "./salesforce-connector.ts";

const beginsMs = Date.parse("2026-11-24T06:00:00.000Z");
/** A row is committed at most this long after its stamp: inside an overlap of 10 s, with whole-second clocks on both sides. */
const commitLateMsMax = 8_000;

interface Change {
  readonly stampMs: number;
  readonly committedMs: number;
}
interface Row {
  readonly id: string;
  readonly isWon: boolean;
  /** In the order of both stamps and commits: the row is locked until a change commits. */
  readonly changes: readonly Change[];
}

/** Few seconds and many rows: stamps are equal across page edges more often than not. */
const change = fc.record({
  afterSeconds: fc.integer({ min: 1, max: 12 }),
  lateMs: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: commitLateMsMax }),
    fc.constant(commitLateMsMax),
  ),
});
const rows = fc
  .array(
    fc.record({
      isWon: fc.constantFrom(true, true, true, false),
      firstSecond: fc.integer({ min: 0, max: 6 }),
      changes: fc.array(change, { minLength: 1, maxLength: 3 }),
    }),
    { maxLength: 14 },
  )
  .map((drawn) =>
    drawn.map(({ isWon, firstSecond, changes }, index): Row => {
      let freeMs = beginsMs + firstSecond * 1_000;
      const made = changes.map(({ afterSeconds, lateMs }) => {
        const stampMs = Math.ceil(freeMs / 1_000) * 1_000 + afterSeconds * 1_000;
        const committedMs = stampMs + lateMs;
        freeMs = committedMs + 1;
        return { stampMs, committedMs };
      });
      return { id: `006${String(index).padStart(15, "0")}`, isWon, changes: made };
    }),
  );
const steps: fc.Arbitrary<ReadStep[]> = fc.array(
  fc.record({
    advanceMs: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 15_000 })),
    kill: fc.constantFrom("none", "none", "before_store", "after_store"),
  }),
  { maxLength: 10 },
);

/** SOQL as the connector writes it, over rows in memory; a change is there once it is committed. */
function anOrg(all: readonly Row[], now: () => number): typeof fetch {
  const answer = (body: object) =>
    new Response(JSON.stringify(body), {
      headers: { "content-type": "application/json", date: new Date(now()).toUTCString() },
    });
  return async (input) => {
    const url = new URL(String(input));
    if (url.pathname.endsWith("/oauth2/token")) {
      return answer({ access_token: "t", instance_url: url.origin, id: "https://x/00D/005" });
    }
    const soql = url.searchParams.get("q") ?? "";
    const pageSize = Number(/LIMIT (\d+)$/.exec(soql)?.[1]);
    const from = /SystemModstamp >= (\S+)/.exec(soql)?.[1];
    const behind = /SystemModstamp > (\S+) OR \(SystemModstamp = \S+ AND Id > '(\w+)'/.exec(soql);
    if (!soql.includes("ORDER BY SystemModstamp ASC, Id ASC") || (from ?? behind) == null) {
      throw new Error(`Not a query of this stream: ${soql}`);
    }
    const found = all
      .filter((row) => row.isWon)
      .flatMap((row) => {
        const last = row.changes.findLast((one) => one.committedMs <= now());
        return last === undefined ? [] : [{ id: row.id, stamp: iso(last.stampMs) }];
      })
      .filter(({ id, stamp }) =>
        behind === null
          ? stamp >= String(from)
          : stamp > String(behind[1]) || (stamp === behind[1] && id > String(behind[2])),
      )
      .toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
    return answer({
      totalSize: found.length,
      done: true,
      records: found.slice(0, pageSize).map(({ id, stamp }) => ({
        Id: id,
        SystemModstamp: stamp.replace("Z", "+0000"),
      })),
    });
  };
}

const iso = (ms: number) => new Date(ms).toISOString();
const key = (row: { readonly stamp: string; readonly id: string }) => row.stamp + row.id;

function everyChangeIsFound(overlapSeconds: number) {
  return fc.asyncProperty(
    rows,
    steps,
    fc.integer({ min: 1, max: 4 }),
    async (all, plan, pageSize) => {
      const clock = createVirtualClock({ startMs: beginsMs });
      const fetch = anOrg(all, clock.now);
      const config = {
        authKind: "client_credentials",
        loginUrl: "http://127.0.0.1:1",
        clientId: "c",
        clientSecret: "s",
        currency: "USD",
        overlapSeconds,
        pageSize,
      };
      const announced = await readWithKills({
        connect: () => {
          const system = createSalesforceConnector().connect(
            { connectionId: "con_test", config },
            { fetch, now: clock.now },
          );
          if (system.crm === null) throw new Error("There is no CRM.");
          return system.crm;
        },
        clock,
        steps: plan,
        settledMs: beginsMs + 300_000,
      });
      const won = all.filter((row) => row.isWon);
      expect([...announced.keys()].toSorted()).toEqual(won.map((row) => row.id).toSorted());
      for (const { id, changes } of won) {
        expect(announced.get(id), id).toBeGreaterThanOrEqual(changes.at(-1)?.committedMs ?? 0);
      }
    },
  );
}

it("5,000 seeded reads with kills at page boundaries, late commits and equal stamps find every row and its last change", async () => {
  await fc.assert(everyChangeIsFound(10), { numRuns: 5_000 });
}, 300_000);

it("the same reads without an overlap lose changes: the runs above could have failed", async () => {
  const { failed } = await fc.check(everyChangeIsFound(0), { numRuns: 500, endOnFailure: true });
  expect(failed).toBe(true);
}, 60_000);
