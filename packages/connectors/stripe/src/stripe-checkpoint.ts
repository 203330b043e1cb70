import { connectorFailure } from "@usher/connector-sdk/http";
import type { Checkpoint } from "@usher/connector-sdk/spec";
import { z } from "zod";

const unixSeconds = z.int().min(0);

/**
 * Where the stream of events stands.
 *
 * A pass reads what happened from `from` to `until`, newest first as Stripe lists it, strictly after
 * `lastId`. `until` is when the pass began, null between passes: what happens while it runs comes
 * after it in time and before it in the list, so that no page moves. The next pass begins where this
 * one began, less the overlap.
 *
 * The phases `checkouts`, `invoices` and `subscriptions` read what stands instead, when the events since `from`
 * are forgotten.
 */
export const stripeCheckpoint = z.strictObject({
  from: unixSeconds,
  until: unixSeconds.nullable(),
  phase: z.enum(["events", "checkouts", "invoices", "subscriptions"]),
  lastId: z.string().regex(/^\w{0,255}$/),
});
export type StripeCheckpoint = z.output<typeof stripeCheckpoint>;

/** No honest stamp lies further ahead of our clock than this. */
const aheadSecondsMax = 24 * 60 * 60;

/** Throws `config` for a checkpoint that is not ours or lies in the future: reading on from there would skip events in silence. */
export function readCheckpoint(input: {
  readonly checkpoint: Checkpoint | null;
  readonly nowSeconds: number;
}): StripeCheckpoint | null {
  if (input.checkpoint === null) return null;
  const parsed = stripeCheckpoint.safeParse(input.checkpoint);
  if (!parsed.success) {
    throw connectorFailure({
      category: "config",
      message:
        "The checkpoint of the stream “events” is damaged: expected from, until, phase and lastId. Reset the stream: it then begins anew from now.",
    });
  }
  const latest = parsed.data.until ?? parsed.data.from;
  if (latest > input.nowSeconds + aheadSecondsMax) {
    throw connectorFailure({
      category: "config",
      message: `The checkpoint of the stream “events” lies in the future (${new Date(latest * 1000).toISOString()}). Correct this machine's clock, or reset the stream.`,
    });
  }
  return parsed.data;
}
