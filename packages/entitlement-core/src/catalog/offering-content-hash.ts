import { canonicalHash } from "../kernel/canonical-hash.ts";
import type { Offering, OfferingVersion } from "./offering.ts";

/** Hash over everything a version fixes: two offerings with the same hash are the same version. */
export function offeringContentHash(offering: Offering | OfferingVersion): string {
  return canonicalHash(definitionOf(offering));
}

/** The offering as the catalog file says it, without what publishing added. */
export function definitionOf(offering: Offering | OfferingVersion): Offering {
  const { sku, name, skuClass, listPrices, billing, defaultTerm, entitlements } = offering;
  return {
    sku,
    name,
    skuClass,
    listPrices,
    billing,
    ...(defaultTerm === undefined ? {} : { defaultTerm }),
    entitlements,
  };
}
