import type { ConfigCombination, ConfigValue } from "../catalog/feature.ts";

/**
 * The one value of a `config` feature that several sources set, oldest source first.
 * `max` and `min` compare numbers, and booleans with `false` as the smaller; `union` merges lists
 * and texts into one sorted list. Values that the rule cannot compare (texts under `max`, a number
 * beside a list) fall to the newest source, as under `latest`: one answer, whatever the sources say.
 */
export function combineConfig(
  values: readonly [ConfigValue, ...ConfigValue[]],
  combine: ConfigCombination,
): ConfigValue {
  const latest = values[values.length - 1] as ConfigValue;
  switch (combine) {
    case "latest":
      return latest;
    case "max":
      return greatest(values) ?? latest;
    case "min":
      return least(values) ?? latest;
    case "union":
      return union(values) ?? latest;
  }
}

function greatest(values: readonly ConfigValue[]): ConfigValue | null {
  if (values.every((value) => typeof value === "number")) return Math.max(...values);
  if (values.every((value) => typeof value === "boolean")) return values.includes(true);
  return null;
}

function least(values: readonly ConfigValue[]): ConfigValue | null {
  if (values.every((value) => typeof value === "number")) return Math.min(...values);
  if (values.every((value) => typeof value === "boolean")) return !values.includes(false);
  return null;
}

function union(values: readonly ConfigValue[]): readonly string[] | null {
  const members = new Set<string>();
  for (const value of values) {
    if (typeof value === "number" || typeof value === "boolean") return null;
    for (const member of typeof value === "string" ? [value] : value) members.add(member);
  }
  return [...members].sort();
}
