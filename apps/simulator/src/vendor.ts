/** The vendors that have a folder here. A further one is added to this list, and mounted in `createSimulator`. */
export const VENDORS = ["salesforce", "stripe", "hubspot", "netsuite"] as const;
export type Vendor = (typeof VENDORS)[number];

/** One of something for each vendor. */
export function perVendor<T>(make: (vendor: Vendor) => T): Record<Vendor, T> {
  return Object.fromEntries(VENDORS.map((vendor) => [vendor, make(vendor)])) as Record<Vendor, T>;
}
