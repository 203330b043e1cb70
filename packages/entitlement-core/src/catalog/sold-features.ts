import type { Feature } from "./feature.ts";

/** The features that a catalog file names: those that live on only for what was sold before are left out. */
export function soldFeatures(features: readonly Feature[]): readonly Feature[] {
  return features.filter((one) => one.isRetired !== true);
}
