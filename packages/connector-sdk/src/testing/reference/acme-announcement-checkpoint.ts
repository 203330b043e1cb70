import { z } from "zod";
import { connectorFailure } from "../../http/index.ts";
import type { Checkpoint } from "../../spec/index.ts";

/**
 * Where the log of bill events stands: after the event (`stamp`, `id`) of a pass that began at
 * `passStartedAt`, or, `passStartedAt` being null, before the next pass. In the phase `bills` it
 * stands after the bill `id` of a read of everything.
 */
export const acmeAnnouncementCheckpoint = z.strictObject({
  phase: z.enum(["events", "bills"]),
  stamp: z.iso.datetime(),
  id: z.string().max(200),
  passStartedAt: z.iso.datetime().nullable(),
});

export type AcmeAnnouncementCheckpoint = z.output<typeof acmeAnnouncementCheckpoint>;

/** A checkpoint further ahead of Acme's clock than this is none of ours. */
const aheadMsMax = 24 * 60 * 60 * 1000;

/** Without a checkpoint it begins about now: what happened before this hub was connected is none of its business. */
export function readAnnouncementCheckpoint(input: {
  readonly checkpoint: Checkpoint | null;
  readonly overlapSeconds: number;
  readonly nowMs: number;
}): AcmeAnnouncementCheckpoint {
  const { checkpoint, overlapSeconds, nowMs } = input;
  if (checkpoint === null) {
    const stamp = new Date(nowMs - overlapSeconds * 1000).toISOString();
    return { phase: "events", stamp, id: "", passStartedAt: null };
  }
  const parsed = acmeAnnouncementCheckpoint.safeParse(checkpoint);
  const isFuture = parsed.success && Date.parse(parsed.data.stamp) > nowMs + aheadMsMax;
  if (parsed.success && !isFuture) return parsed.data;
  throw connectorFailure({
    category: "config",
    message: `The checkpoint of Acme's bill events is ${isFuture ? "ahead of the clock" : "damaged"}: expected {phase, stamp, id, passStartedAt} of an earlier read. Reset the stream: it then begins anew from now.`,
  });
}
