import { connectorFailure } from "@usher/connector-sdk/http";
import type { Checkpoint } from "@usher/connector-sdk/spec";
import { z } from "zod";

const iso = z.iso.datetime({ precision: 3 });

/**
 * Where the stream of deals stands.
 *
 * A pass reads what changed since `from`, in the order of record ids and strictly after `lastId`: an
 * id never changes, so it does not matter how many records share a stamp, nor whether one is
 * changed while the pass runs. `until` is when the pass began, null between passes; the next one
 * begins there, less the overlap. Deals come first, then line items.
 *
 * `offset` is a position in the Webhooks Journal, null where there is none yet: in the phase
 * `journal` the stream goes on from it, and `from` says where a search would have to begin.
 *
 * `reads` counts the pages that held something, so that handing a checkpoint back can only mean
 * that its own page was stored.
 */
export const hubspotCheckpoint = z.strictObject({
  from: iso,
  until: iso.nullable(),
  phase: z.enum(["deals", "line_items", "journal"]),
  lastId: z.string().regex(/^\d{0,20}$/),
  offset: z.string().min(1).max(200).nullable(),
  reads: z.int().min(0),
});
export type HubSpotCheckpoint = z.output<typeof hubspotCheckpoint>;

/** Before the first record of any portal. */
export const beginning = "1970-01-01T00:00:00.000Z";

/**
 * The same for a read that has to begin again. A first pass needs no lines of its own: every deal is
 * read with them. In a second one a deal is announced as it was before, so that an edit of a line
 * alone would be taken for known.
 */
export const beginningAgain = "1970-01-01T00:00:00.001Z";

export const fromTheBeginning: HubSpotCheckpoint = {
  from: beginning,
  until: null,
  phase: "deals",
  lastId: "",
  offset: null,
  reads: 0,
};

/** No honest stamp lies further ahead of our clock than this. */
const aheadMsMax = 24 * 60 * 60 * 1000;

/** Throws `config` for a checkpoint that is not ours or lies in the future: reading on from there would skip records in silence. */
export function readCheckpoint(input: {
  readonly checkpoint: Checkpoint | null;
  readonly nowMs: number;
}): HubSpotCheckpoint {
  if (input.checkpoint === null) return fromTheBeginning;
  const parsed = hubspotCheckpoint.safeParse(input.checkpoint);
  if (!parsed.success) {
    throw connectorFailure({
      category: "config",
      message:
        "The checkpoint of the stream “deals” is damaged: expected from, until, phase, lastId, offset and reads. Reset the stream: it is then read from the beginning, which doubles nothing.",
    });
  }
  const latest = parsed.data.until ?? parsed.data.from;
  if (Date.parse(latest) > input.nowMs + aheadMsMax) {
    throw connectorFailure({
      category: "config",
      message: `The checkpoint of the stream “deals” lies in the future (${latest}). Correct this machine's clock, or reset the stream: it is then read from the beginning, which doubles nothing.`,
    });
  }
  return parsed.data;
}
