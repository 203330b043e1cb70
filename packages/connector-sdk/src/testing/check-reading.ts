import { expect, it } from "vitest";
import type { Checkpoint, CrmConnector, DealChange } from "../spec/crm-connector.ts";
import type { CrmConformance } from "./conformance-harness.ts";
import type { ConformanceRun } from "./conformance-run.ts";
import { outcomeOf } from "./outcome-of.ts";

/** No stream of the kit is longer: a read that goes on has lost its way. */
const pagesMax = 200;

/** Checks of a CRM's read stream. */
export function checkReading(run: ConformanceRun): void {
  it("more equal stamps than fit on a page are read completely, and the read ends (16)", async () => {
    const { crm, peer, context } = await crmOf(run);
    const seeded = await peer.seedEqualStamps({ count: peer.pageSize * 2 + 1 });
    const { changes } = await readAll(crm, null, context);
    expect(idsOf(changes)).toEqual(expect.arrayContaining([...seeded]));
    const own = changes.filter(({ dealId }) => seeded.includes(dealId));
    expect(own).toHaveLength(seeded.length);
  });

  it("a read killed at any page boundary and resumed elsewhere finds everything (15)", async () => {
    const { crm, peer, context, connect } = await crmOf(run);
    await peer.seedEqualStamps({ count: peer.pageSize + 1 });
    const whole = idsOf((await readAll(crm, null, context)).changes);
    let checkpoint: Checkpoint | null = null;
    const found = new Set<string>();
    for (let page = 0; page < pagesMax; page += 1) {
      const killed = connect();
      const read = await killed.readChanges({ checkpoint }, context());
      for (const { dealId } of read.changes) found.add(dealId);
      // Through JSON, as the database keeps it.
      checkpoint = JSON.parse(JSON.stringify(read.checkpoint)) as Checkpoint;
      if (!read.hasMore) break;
    }
    expect([...found].sort()).toEqual([...new Set(whole)].sort());
  });

  it("a second read without a change announces nothing (18)", async () => {
    const { crm, peer, context } = await crmOf(run);
    await peer.seedEqualStamps({ count: 3 });
    const first = await readAll(crm, null, context);
    const second = await readAll(crm, first.checkpoint, context);
    expect(second.changes).toEqual([]);
  });

  it("a page that was not stored is announced again, in the same process too (18)", async () => {
    const { crm, peer, context } = await crmOf(run);
    const first = await readAll(crm, null, context);
    const seeded = await peer.seedEqualStamps({ count: 2 });
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const { changes } = await readAll(crm, first.checkpoint, context);
      expect(idsOf(changes)).toEqual(expect.arrayContaining([...seeded]));
    }
  });

  it("a row that commits late, inside the overlap window, is found (17)", async () => {
    const { crm, peer, context } = await crmOf(run);
    await peer.seedEqualStamps({ count: 2 });
    const { checkpoint } = await readAll(crm, null, context);
    const late = await peer.commitLate({ agoMs: peer.overlapMs / 2 });
    const { changes } = await readAll(crm, checkpoint, context);
    expect(idsOf(changes)).toContain(late);
  });

  it.each([
    ["damaged", { anything: "else" }],
    ["damaged", { stamp: "yesterday", id: "", settledStamp: null, reads: 0 }],
  ])("a %s checkpoint is a clear error and no records (19)", async (_, checkpoint) => {
    const { crm, context } = await crmOf(run);
    expect((await outcomeOf(crm.readChanges({ checkpoint }, context()))).category).toBe("config");
  });
}

async function crmOf(run: ConformanceRun): Promise<{
  readonly crm: CrmConnector;
  readonly peer: CrmConformance;
  readonly context: Awaited<ReturnType<ConformanceRun["warm"]>>["context"];
  readonly connect: () => CrmConnector;
}> {
  const { harness, system, context, connect } = await run.warm();
  const crmOfSystem = (one: typeof system) => {
    if (one.crm === null) throw new Error("the harness offers crm checks, the connector no crm");
    return one.crm;
  };
  if (harness.crm === undefined) throw new Error("the harness has no crm part");
  return {
    crm: crmOfSystem(system),
    peer: harness.crm,
    context,
    connect: () => crmOfSystem(connect()),
  };
}

async function readAll(
  crm: CrmConnector,
  from: Checkpoint | null,
  context: Awaited<ReturnType<ConformanceRun["warm"]>>["context"],
): Promise<{ readonly changes: readonly DealChange[]; readonly checkpoint: Checkpoint }> {
  let checkpoint = from;
  const changes: DealChange[] = [];
  for (let page = 0; page < pagesMax; page += 1) {
    const read = await crm.readChanges({ checkpoint }, context());
    changes.push(...read.changes);
    if (!read.hasMore) return { changes, checkpoint: read.checkpoint };
    checkpoint = read.checkpoint;
  }
  throw new Error(`the stream did not end within ${pagesMax} pages`);
}

function idsOf(changes: readonly DealChange[]): string[] {
  return changes.map(({ dealId }) => dealId);
}
