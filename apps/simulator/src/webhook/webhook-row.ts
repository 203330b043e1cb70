import type { Row } from "../store/table.ts";
import type { Vendor } from "../vendor.ts";

/** Where a vendor sends its notifications. */
export interface Endpoint extends Row {
  readonly vendor: Vendor;
  readonly url: string;
  readonly secret: string;
  /** Event types wanted; `*` for all. */
  readonly events: readonly string[];
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdMs: number;
  readonly enabled: boolean;
}

/** One event on its way to one endpoint. The row is gone once it was taken with a 2xx. */
export interface Delivery extends Row {
  readonly vendor: Vendor;
  readonly endpoint: string;
  readonly event: string;
  readonly state: "pending" | "failed";
}

/** How a vendor's notifications behave. One row a vendor. */
export interface WebhookBehavior extends Row {
  /** Nothing leaves until `release`. */
  readonly hold: boolean;
  /** Extra copies of each event. */
  readonly duplicate: number;
  /** Events leave in a random order within `shuffleWindowMs`. */
  readonly shuffle: boolean;
  readonly shuffleWindowMs: number;
  /** Every event leaves this much late. */
  readonly delayMs: number;
  /** Waits before the second, third … attempt; the last one repeats. */
  readonly retryDelaysMs: readonly number[];
  readonly attemptsMax: number;
}

/** Attempts a little under an hour apart in all; the vendors themselves go on for days. */
export const DEFAULT_BEHAVIOR: Omit<WebhookBehavior, "id"> = {
  hold: false,
  duplicate: 0,
  shuffle: false,
  shuffleWindowMs: 400,
  delayMs: 0,
  retryDelaysMs: [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000],
  attemptsMax: 100,
};
