import { z } from "zod";

/**
 * Where the stream of deals stands: after the row (`stamp`, `id`) of a pass that began at
 * `passStartedAt`, or, `passStartedAt` being null, before the next pass. Flat, and good in any process.
 */
export const acmeCheckpoint = z.strictObject({
  stamp: z.iso.datetime().nullable(),
  id: z.string(),
  passStartedAt: z.iso.datetime().nullable(),
  /** Counts the reads, so that no two checkpoints are alike: one handed back says which page was stored. */
  reads: z.int().min(0),
});

export type AcmeCheckpoint = z.output<typeof acmeCheckpoint>;
