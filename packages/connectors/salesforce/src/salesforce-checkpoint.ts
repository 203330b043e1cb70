import { connectorFailure } from "@usher/connector-sdk/http";
import type { Checkpoint } from "@usher/connector-sdk/spec";
import { z } from "zod";

const iso = z.iso.datetime({ precision: 3 });

/**
 * Where the stream of opportunities stands. Rows are read in the order (SystemModstamp, Id),
 * strictly after (`stamp`, `id`); one pass goes on until a page is not full.
 *
 * `settledStamp` is the instant the pass began, less the overlap: a row stamped before it was
 * committed before the pass read it, so the next pass may begin there. A row stamped later may
 * still be in a transaction, and appear behind rows that were already read.
 *
 * Where change events are subscribed to, passes are made now and then only, and in the phase `events`
 * the stream goes on behind `replayId` (null: none is known yet). `polledStamp` is when the last pass
 * ended, by our clock.
 *
 * `reads` counts the pages that held something, so that handing a checkpoint back can only mean
 * that its own page was stored.
 */
export const salesforceCheckpoint = z.strictObject({
  stamp: iso,
  id: z.string().regex(/^([0-9A-Za-z]{15,18})?$/),
  settledStamp: iso.nullable(),
  reads: z.int().min(0),
  phase: z.enum(["polling", "events"]).default("polling"),
  replayId: z.base64().max(400).nullable().default(null),
  polledStamp: iso.nullable().default(null),
});
export type SalesforceCheckpoint = z.output<typeof salesforceCheckpoint>;

/** Before the first row of any org. */
export const fromTheBeginning: SalesforceCheckpoint = {
  stamp: "1970-01-01T00:00:00.000Z",
  id: "",
  settledStamp: null,
  reads: 0,
  phase: "polling",
  replayId: null,
  polledStamp: null,
};

/** No honest stamp lies further ahead of our clock than this. */
const aheadMsMax = 24 * 60 * 60 * 1000;

/** Throws `config` for a checkpoint that is not ours or lies in the future: reading on from there would skip rows in silence. */
export function readCheckpoint(input: {
  readonly checkpoint: Checkpoint | null;
  readonly nowMs: number;
}): SalesforceCheckpoint {
  if (input.checkpoint === null) return fromTheBeginning;
  const parsed = salesforceCheckpoint.safeParse(input.checkpoint);
  if (!parsed.success) {
    throw connectorFailure({
      category: "config",
      message:
        "The checkpoint of the stream “opportunities” is damaged: expected stamp, id, settledStamp and reads. Reset the stream: it is then read from the beginning, which doubles nothing.",
    });
  }
  if (Date.parse(parsed.data.stamp) > input.nowMs + aheadMsMax) {
    throw connectorFailure({
      category: "config",
      message: `The checkpoint of the stream “opportunities” lies in the future (${parsed.data.stamp}). Correct this machine's clock, or reset the stream: it is then read from the beginning, which doubles nothing.`,
    });
  }
  return parsed.data;
}

export interface SalesforcePosition {
  readonly stamp: string;
  readonly id: string;
}

/** After a full page: go on behind its last row, in the same pass. */
export function afterPage(input: {
  readonly at: SalesforceCheckpoint;
  readonly last: SalesforcePosition;
  readonly settledStamp: string;
}): SalesforceCheckpoint {
  const { at, last, settledStamp } = input;
  return { ...at, ...last, settledStamp: at.settledStamp ?? settledStamp };
}

/**
 * After the last page of a pass: the next one begins where rows are settled. When all that was read
 * is settled, it begins behind the last row instead, and a quiet org is not read twice.
 */
export function afterPass(input: {
  readonly at: SalesforceCheckpoint;
  readonly last: SalesforcePosition | null;
  readonly settledStamp: string;
}): SalesforceCheckpoint {
  const { at, last, settledStamp } = input;
  const settled = at.settledStamp ?? settledStamp;
  const read = last ?? at;
  const isAllSettled = read.stamp < settled;
  return {
    ...at,
    stamp: isAllSettled ? read.stamp : settled,
    id: isAllSettled ? read.id : "",
    settledStamp: null,
  };
}
