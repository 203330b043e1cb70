import type { Metadata } from "./params.ts";
import type { ResourceRow } from "./stripe-rows.ts";

export interface FeatureRow extends ResourceRow {
  readonly lookupKey: string;
  readonly name: string;
  readonly metadata: Metadata;
  /** False once archived: its lookup key is free for another. */
  readonly isActive: boolean;
}

/** A feature that a product carries. */
export interface ProductFeatureRow extends ResourceRow {
  readonly product: string;
  readonly feature: string;
}
