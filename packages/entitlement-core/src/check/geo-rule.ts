import type { GeoRule } from "../catalog/offering.ts";

/**
 * True when a source bound by `rule` may be used in `country`. Unknown denies: without a country
 * only an unbound source counts.
 */
export function admitsCountry(rule: GeoRule | null, country: string | null): boolean {
  if (rule === null) return true;
  if (country === null) return false;
  return rule.countries.includes(country) === (rule.mode === "allow");
}
