import type { Ability } from "./ability.ts";
import type { ConformanceBench } from "./conformance-bench.ts";

export type ConformanceChapter =
  | "Manifest and safety"
  | "Auth"
  | "Reading"
  | "Writing"
  | "Limits, retries, failure"
  | "Webhooks"
  | "Announcements of billing"
  | "Operations";

/** One guarantee a connector gives, and the way to see whether it does. */
export interface ConformanceCheck {
  /** The same for good: reports, skips and the documentation name it. */
  readonly id: number;
  readonly chapter: ConformanceChapter;
  /** The guarantee, as a sentence. */
  readonly title: string;
  /** The check runs when the connector has these and the harness can drive them. */
  readonly needs: readonly Ability[];
  /** What went wrong in the field where it did not hold. */
  readonly why: string;
  /** What to do about a failure. */
  readonly fix: string;
  /** Ends quietly when the guarantee holds; throws a `ConformanceFault` that says where it does not. */
  run(bench: ConformanceBench): Promise<void>;
}
