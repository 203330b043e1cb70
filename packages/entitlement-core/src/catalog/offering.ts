import type { Brand } from "../kernel/brand.ts";
import type { OfferingVersionId } from "../kernel/ids.ts";
import type { Limit } from "../kernel/limit.ts";
import type { Money } from "../kernel/money.ts";
import type { ConfigValue, FeatureKey } from "./feature.ts";

/** Stock keeping unit: the code an order line names an offering by. */
export type Sku = Brand<string, "Sku">;

/** Calendar stretch after which a metered allowance starts anew, counted from the entitlement's start. */
export type ResetPeriod = "never" | "day" | "week" | "month" | "year";

/** How much of an unused allowance is carried into the next period. */
export interface Rollover {
  readonly max: Limit;
}

/**
 * Where a right may be used, by ISO 3166-1 alpha-2 country code.
 * An allow list admits only its members (an empty one admits nobody); a deny list refuses its members.
 */
export interface GeoRule {
  readonly mode: "allow" | "deny";
  readonly countries: readonly string[];
}

/** The amount a template grants for a line: the same for any quantity, or multiplied by it. */
export type TemplateAmount =
  | { readonly basis: "fixed"; readonly limit: Limit }
  | { readonly basis: "per-quantity"; readonly amount: number };

interface TemplateOfAnyKind {
  readonly feature: FeatureKey;
  /** Whole days after the term's end during which the right still answers yes, with state `in_grace`. */
  readonly graceDays: number;
  readonly geo: GeoRule | null;
}

/** What one sku grants for one feature. */
export type EntitlementTemplate =
  | (TemplateOfAnyKind & { readonly kind: "boolean" })
  | (TemplateOfAnyKind & { readonly kind: "config"; readonly value: ConfigValue })
  | (TemplateOfAnyKind & {
      readonly kind: "metered";
      readonly amount: TemplateAmount;
      readonly reset: ResetPeriod;
      readonly rollover: Rollover | null;
      /** Soft: use beyond the limit is allowed and reported as overage. Hard: it is refused. */
      readonly enforcement: "soft" | "hard";
    })
  | (TemplateOfAnyKind & {
      readonly kind: "seat";
      readonly amount: TemplateAmount;
      readonly enforcement: "soft" | "hard";
    });

/** How the seller bills a sku. */
export type BillingPlan =
  | { readonly kind: "subscription"; readonly interval: "month" | "year" }
  | { readonly kind: "invoice" };

/**
 * The term of a line for which the deal names none. It starts on the day the deal was won, or on
 * the day the hub first took it.
 */
export interface DefaultTerm {
  readonly months: number;
  readonly startsOn: "close-date" | "received-date";
}

/** What a sku grants and costs, as written in the catalog file. */
export interface Offering {
  readonly sku: Sku;
  readonly name: string;
  /** Used by approval rules, such as `hardware` or `enterprise`. */
  readonly skuClass: string;
  /** List price for one unit for the whole term, one per currency sold in. */
  readonly listPrices: readonly Money[];
  readonly billing: BillingPlan;
  /** Absent: a line without a term is a fault. */
  readonly defaultTerm?: DefaultTerm;
  readonly entitlements: readonly EntitlementTemplate[];
}

/** A published offering. Immutable: a change is a new version, and running orders keep theirs. */
export interface OfferingVersion extends Offering {
  readonly id: OfferingVersionId;
  readonly version: number;
}
