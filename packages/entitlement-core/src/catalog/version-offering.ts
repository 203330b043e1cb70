import type { Offering, OfferingVersion } from "./offering.ts";
import { offeringContentHash } from "./offering-content-hash.ts";

/** What publishing an offering takes: nothing, or a new immutable version with this number. */
export type OfferingVersioning =
  | { readonly isNew: false; readonly version: number; readonly contentHash: string }
  | { readonly isNew: true; readonly version: number; readonly contentHash: string };

/**
 * Whether `next` needs a new version after `published`, the newest version of the same sku (null:
 * there is none). Only its content decides; publishing the same file twice makes one version.
 */
export function versionOffering({
  published,
  next,
}: {
  readonly published: OfferingVersion | null;
  readonly next: Offering;
}): OfferingVersioning {
  const contentHash = offeringContentHash(next);
  if (published === null) return { isNew: true, version: 1, contentHash };
  if (published.sku !== next.sku) {
    throw new RangeError(`${next.sku} cannot be a version of ${published.sku}.`);
  }
  return offeringContentHash(published) === contentHash
    ? { isNew: false, version: published.version, contentHash }
    : { isNew: true, version: published.version + 1, contentHash };
}
