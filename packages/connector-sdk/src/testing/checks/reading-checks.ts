import type { ConformanceCheck } from "../conformance-check.ts";
import { must } from "../conformance-fault.ts";
import type { CrmConformance } from "../conformance-harness.ts";
import { badCheckpointsOf, mustBeKept } from "./checkpoint-shape.ts";
import { expectCategory } from "./expect-outcome.ts";
import { warmCrm } from "./ports-under-check.ts";
import { mustAnnounce, mustAnnounceOnce, readStream } from "./read-stream.ts";

const chapter = "Reading";

/** Rows with a stamp each, the oldest first and all older than the overlap: nothing about them is late. */
async function seedSeries(peer: CrmConformance, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    ids.push(await peer.commitLate({ agoMs: peer.overlapMs * 2 + (count - index) * 1_000 }));
  }
  return ids;
}

export const fullReadIsComplete: ConformanceCheck = {
  id: 13,
  chapter,
  title:
    "A full read announces every row once: pages of one, full pages, a last page of one, short pages",
  needs: ["stream"],
  why: "Each boundary has lost somebody's rows: the last page that is exactly full, the page that is shorter than asked for.",
  fix: "Go on for as long as the vendor says that there is more, whatever the number of rows on the page.",
  async run(bench) {
    const { crm, peer, context, connectCrm } = await warmCrm(bench);
    const { pageSize } = peer;
    const before = (await readStream({ crm, from: null, context })).ids;
    const toFullPages = (pageSize - (before.length % pageSize)) % pageSize || pageSize;
    const seeded = await seedSeries(peer, toFullPages);
    const expectAll = async (doing: string, size?: number) => {
      const one = connectCrm(size === undefined ? {} : { pageSize: size });
      const { ids } = await readStream({ crm: one, from: null, context });
      mustAnnounceOnce({ doing, ids, expected: [...new Set([...before, ...seeded])] });
    };
    await expectAll("A read in pages that are all exactly full");
    seeded.push(...(await seedSeries(peer, 1)));
    await expectAll("A read whose last page has one row");
    await expectAll("A read in pages of one row", 1);
    if (peer.answerShortPages === undefined) return;
    await peer.answerShortPages(true);
    try {
      await expectAll("A read in pages that are shorter than asked for");
    } finally {
      await peer.answerShortPages(false);
    }
  },
};

export const changesBetweenPagesLoseNothing: ConformanceCheck = {
  id: 14,
  chapter,
  title: "Rows that come or go between two pages lose none of the others",
  needs: ["stream", "removed deals"],
  why: "With offsets a deleted row moves the rest up by one, and the next page begins one too late.",
  fix: "Page by (stamp, id) of the last row, never by a number of rows.",
  async run(bench) {
    const { crm, peer, context } = await warmCrm(bench);
    const rows = await seedSeries(peer, peer.pageSize * 2 + 2);
    const before = await readStream({ crm, from: null, context });
    let gone: string | undefined;
    let added = "";
    const read = await readStream({
      crm,
      from: null,
      context,
      async onPage(idsSoFar) {
        if (gone !== undefined) return null;
        gone = rows.find((id) => idsSoFar.includes(id));
        if (gone === undefined) return null;
        await peer.remove?.(gone);
        added = await peer.commitLate({ agoMs: peer.overlapMs / 2 });
        return null;
      },
    });
    const expected = [...new Set(before.ids)].filter((id) => id !== gone).concat(added);
    mustAnnounce({
      doing: "A read during which one row went and one came",
      ids: read.ids,
      expected,
    });
  },
};

export const killedReadResumes: ConformanceCheck = {
  id: 15,
  chapter,
  title: "A read killed at any page boundary and resumed elsewhere finds everything",
  needs: ["stream"],
  why: "A deployment comes at any time. What a process kept in its memory between two pages is gone.",
  fix: "Put the whole position into the checkpoint of each page; keep nothing in the connector.",
  async run(bench) {
    const { crm, peer, context, connectCrm } = await warmCrm(bench);
    await seedSeries(peer, peer.pageSize + 1);
    const whole = await readStream({ crm, from: null, context });
    const resumed = await readStream({
      crm: connectCrm(),
      from: null,
      context,
      onPage: async () => connectCrm(),
    });
    mustAnnounce({
      doing: "A read by another process for each page",
      ids: resumed.ids,
      expected: [...new Set(whole.ids)],
    });
  },
};

export const equalStampsAreComplete: ConformanceCheck = {
  id: 16,
  chapter,
  title: "More rows of one stamp than fit on a page are read completely, and the read ends",
  needs: ["stream"],
  why: "A bulk import stamps thousands of rows alike. Paging by stamp alone skips them or never ends (airbyte #17148, #43317).",
  fix: "Break ties: order by (stamp, id) and go on after the last row's pair.",
  async run(bench) {
    const { crm, peer, context } = await warmCrm(bench);
    const seeded = await peer.seedEqualStamps({ count: peer.pageSize * 2 + 1 });
    const { ids } = await readStream({ crm, from: null, context });
    mustAnnounceOnce({
      doing: "A read of rows of one stamp",
      ids: ids.filter((id) => seeded.includes(id)),
      expected: seeded,
    });
  },
};

export const lateRowIsFound: ConformanceCheck = {
  id: 17,
  chapter,
  title: "A row that commits late, inside the overlap window, is found",
  needs: ["stream"],
  why: "Stamps are given before the commit: a row appears behind the newest one that was read (airbyte #27146, activepieces #14921).",
  fix: "Begin each pass an overlap before the last one began, and leave out what was announced already.",
  async run(bench) {
    const { crm, peer, context } = await warmCrm(bench);
    await peer.seedEqualStamps({ count: 2 });
    const { checkpoint } = await readStream({ crm, from: null, context });
    const late = await peer.commitLate({ agoMs: peer.overlapMs / 2 });
    const { ids } = await readStream({ crm, from: checkpoint, context });
    mustAnnounce({ doing: "A read after a late commit", ids, expected: [late] });
  },
};

export const secondReadIsQuiet: ConformanceCheck = {
  id: 18,
  chapter,
  title:
    "A second read without a change announces nothing; a page that was not stored is announced again",
  needs: ["stream"],
  why: "Every announcement costs a re-read. But leaving out what the hub never stored would lose it.",
  fix: "Leave out what a checkpoint handed back says was stored, not what was merely read.",
  async run(bench) {
    const { crm, peer, context } = await warmCrm(bench);
    await peer.seedEqualStamps({ count: 3 });
    const first = await readStream({ crm, from: null, context });
    const second = await readStream({ crm, from: first.checkpoint, context });
    must(second.ids.length === 0, {
      says: "Nothing changed since the checkpoint, and deals were announced again.",
      path: "page.changes",
      expected: [],
      received: second.ids,
    });
    const seeded = await peer.seedEqualStamps({ count: 2 });
    for (const doing of ["A read", "The same read again, its pages not having been stored"]) {
      const { ids } = await readStream({ crm, from: second.checkpoint, context });
      mustAnnounce({ doing, ids, expected: seeded });
    }
  },
};

export const badCheckpointIsRefused: ConformanceCheck = {
  id: 19,
  chapter,
  title: "A damaged or future checkpoint is a clear error and no records",
  needs: ["stream"],
  why: "Reading it as `from the beginning` floods the hub, as `from now` loses days in silence.",
  fix: "Parse the checkpoint with the stream's schema and refuse it with `config`, saying what was expected.",
  async run(bench) {
    const { crm, peer, context } = await warmCrm(bench);
    const { checkpoint } = await readStream({ crm, from: null, context });
    const future = peer.futureCheckpoint?.(checkpoint);
    for (const [what, given] of badCheckpointsOf(checkpoint, future)) {
      await expectCategory(
        `Reading from a checkpoint ${what}`,
        crm.readChanges({ checkpoint: given }, context()),
        "config",
      );
    }
  },
};

export const resultCapIsSplit: ConformanceCheck = {
  id: 20,
  chapter,
  title: "More rows than one query may yield are read in several queries, never cut off",
  needs: ["stream", "result cap"],
  why: "HubSpot's search stops at 10,000, NetSuite's at 100,000, jsforce's at maxFetch: without a word (jsforce #28, airbyte #10160).",
  fix: "Narrow the query by what was read before the cap is reached.",
  async run(bench) {
    const { crm, peer, context } = await warmCrm(bench);
    const rows = await seedSeries(peer, (peer.resultCap ?? 0) * 2 + 1);
    const { ids } = await readStream({ crm, from: null, context });
    mustAnnounce({ doing: "A read of more rows than a query yields", ids, expected: rows });
  },
};

export const forgottenPastIsReadInFull: ConformanceCheck = {
  id: 46,
  chapter: "Webhooks",
  title: "A checkpoint from before the vendor's replay window leads to a full read, which says so",
  needs: ["stream", "forgotten past"],
  why: "Vendors keep 3 to 30 days. Going on `from now` after an outage of four days loses one (activepieces #13311).",
  fix: "On the vendor's answer for an expired position begin again, and set `isFullRead` on the first page.",
  async run(bench) {
    const { crm, peer, context } = await warmCrm(bench);
    const { checkpoint } = await readStream({ crm, from: null, context });
    const missed = await seedSeries(peer, 2);
    await peer.forgetPast?.();
    const read = await readStream({ crm, from: checkpoint, context });
    mustAnnounce({
      doing: "A read from a position the vendor has forgotten",
      ids: read.ids,
      expected: missed,
    });
    must(read.isFullRead, {
      says: "The read had to begin again, and no page says so.",
      path: "page.isFullRead",
      expected: true,
      received: read.isFullRead,
    });
  },
};

export const checkpointOutlivesTheProcess: ConformanceCheck = {
  id: 49,
  chapter: "Operations",
  title:
    "A checkpoint outlives a deployment: it fits its schema, and the next process goes on from it",
  needs: ["stream", "definition"],
  why: "Republishing a flow resets its position in more than one product, and what came in between is lost (activepieces #13311).",
  fix: "Keep the checkpoint flat JSON that the manifest's `checkpointSchema` accepts, and put nothing into it that belongs to a process.",
  async run(bench) {
    const { crm, peer, context, connectCrm, harness } = await warmCrm(bench);
    const old = await seedSeries(peer, 2);
    const { checkpoint } = await readStream({ crm, from: null, context });
    mustBeKept({ checkpoint, givenBy: "readChanges", harness });
    const { ids } = await readStream({ crm: connectCrm(), from: checkpoint, context });
    const again = old.filter((id) => ids.includes(id));
    must(again.length === 0, {
      says: "The next process began again with rows that are older than the overlap.",
      path: "page.changes",
      expected: [],
      received: again,
    });
  },
};
