import type { Brand } from "../kernel/brand.ts";

/** The stable name products check by, such as `sso` or `api_calls`: lower case letters, digits, `_`, `-`, `.`. */
export type FeatureKey = Brand<string, "FeatureKey">;

/** What happens to a check when the hub cannot be asked and no token answers. */
export type FailPolicy = "open" | "closed";

/** How the values of several sources of one `config` feature combine. */
export type ConfigCombination = "max" | "min" | "union" | "latest";

export type ConfigValue = string | number | boolean | readonly string[];

interface FeatureOfAnyKind {
  readonly key: FeatureKey;
  readonly name: string;
  readonly description?: string;
  readonly failPolicy: FailPolicy;
  /** Set by publishing when a catalog leaves it out: sold no longer, but what customers hold of it goes on. */
  readonly isRetired?: true;
}

/** A sellable capability. */
export type Feature =
  | (FeatureOfAnyKind & { readonly kind: "boolean" })
  | (FeatureOfAnyKind & { readonly kind: "config"; readonly combine: ConfigCombination })
  | (FeatureOfAnyKind & { readonly kind: "metered"; readonly unit: string })
  | (FeatureOfAnyKind & { readonly kind: "seat" });

export type FeatureKind = Feature["kind"];
