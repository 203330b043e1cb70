import { canonicalHash } from "../kernel/canonical-hash.ts";
import type { Deal } from "./deal.ts";
import { readText } from "./read-text.ts";

/**
 * Hash of a deal as the CRM tells it: what a revision that has no content is known by. The version
 * and the last editor are left out, because they change with every save, our own write-back included.
 */
export function hashDeal({ version: _version, lastEditor: _lastEditor, ...deal }: Deal): string {
  return canonicalHash(storable(deal));
}

// Canonical JSON refuses lone surrogates; here any text has to be hashed.
function storable(value: unknown): unknown {
  if (typeof value === "string") return readText(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [readText(key) ?? "", storable(one)]),
    );
  }
  return value;
}
