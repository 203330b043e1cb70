import { perVendor, type Vendor } from "./vendor.ts";

/** One answered (or cut) request. */
export interface TrafficEntry {
  readonly at: string;
  readonly vendor: Vendor;
  readonly method: string;
  readonly path: string;
  readonly operation: string;
  /** 0: the connection was cut. */
  readonly status: number;
  readonly ms: number;
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
  readonly fault: string | null;
}

/** The last requests, and how many there were of each operation: what a test counts calls by. */
export interface TrafficLog {
  add(entry: TrafficEntry): void;
  /** Newest first. */
  recent(filter: {
    readonly vendor?: Vendor | undefined;
    readonly limit: number;
  }): readonly TrafficEntry[];
  counts(vendor: Vendor): Readonly<Record<string, number>>;
  clear(): void;
}

export function createTrafficLog({ keep = 1_000 }: { readonly keep?: number } = {}): TrafficLog {
  let entries: TrafficEntry[] = [];
  let counts = perVendor<Record<string, number>>(() => ({}));
  return {
    add(entry) {
      entries.push(entry);
      if (entries.length > keep * 2) entries = entries.slice(-keep);
      const byOperation = counts[entry.vendor];
      byOperation[entry.operation] = (byOperation[entry.operation] ?? 0) + 1;
    },
    recent: ({ vendor, limit }) =>
      entries
        .slice(-keep)
        .filter((entry) => vendor === undefined || entry.vendor === vendor)
        .slice(-limit)
        .reverse(),
    counts: (vendor) => ({ ...counts[vendor] }),
    clear() {
      entries = [];
      counts = perVendor(() => ({}));
    },
  };
}
