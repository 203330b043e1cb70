import type { ApprovalStageRule } from "../approval/approval-policy.ts";
import type { ConfigCombination, ConfigValue, FailPolicy, FeatureKind } from "./feature.ts";
import type { DefaultTerm, GeoRule, ResetPeriod } from "./offering.ts";

/** A feature as written in the catalog file. `failPolicy` is `closed` unless said. */
export type FeatureInput = {
  readonly name: string;
  readonly description?: string;
  readonly failPolicy?: FailPolicy;
} & (
  | { readonly kind: "boolean" }
  | { readonly kind: "config"; readonly combine: ConfigCombination }
  | { readonly kind: "metered"; readonly unit: string }
  | { readonly kind: "seat" }
);

/** A bound as written in the catalog file: a number, or the word that removes it. There is no other way to say unlimited. */
export type LimitInput = number | "unlimited";

interface TemplateInputOfAnyKind {
  /** 0 unless said. */
  readonly graceDays?: number;
  readonly geo?: GeoRule;
}

/** Either the same amount for any quantity, or so many for each unit bought. */
type AmountInput =
  | { readonly fixed: LimitInput; readonly perQuantity?: never }
  | { readonly perQuantity: number; readonly fixed?: never };

interface TemplateInputByKind {
  readonly boolean: true | TemplateInputOfAnyKind;
  readonly config: TemplateInputOfAnyKind & { readonly value: ConfigValue };
  readonly metered: TemplateInputOfAnyKind &
    AmountInput & {
      readonly reset: ResetPeriod;
      readonly rollover?: { readonly max: LimitInput };
      /** `hard` unless said. */
      readonly enforcement?: "soft" | "hard";
    };
  readonly seat: TemplateInputOfAnyKind & AmountInput & { readonly enforcement?: "soft" | "hard" };
}

/** What one sku grants for a feature of this kind. */
export type TemplateInput<Kind extends FeatureKind = FeatureKind> = TemplateInputByKind[Kind];

export interface OfferingInput<Features extends Readonly<Record<string, FeatureInput>>> {
  readonly name: string;
  readonly skuClass: string;
  /** Decimal strings by currency, for one unit and the whole term: `{ USD: "4821.00" }`. */
  readonly listPrices: Readonly<Record<string, string>>;
  readonly billing: "invoice" | { readonly subscription: "month" | "year" };
  readonly defaultTerm?: DefaultTerm;
  readonly entitlements: {
    readonly [Key in keyof Features]?: TemplateInput<Features[Key]["kind"]>;
  };
}

/** A stage as written in the catalog file: any one approver, in step 1, within 48 hours, else parked, unless said. */
export type StageInput = Pick<ApprovalStageRule, "name" | "when" | "approvers"> &
  Partial<Pick<ApprovalStageRule, "quorum" | "step" | "dueAfterHours" | "whenSilent">>;

/** The catalog file: features, offerings and stages by their keys. */
export interface CatalogInput<Features extends Readonly<Record<string, FeatureInput>>> {
  readonly timeZone: string;
  readonly features: Features;
  readonly offerings: Readonly<Record<string, OfferingInput<Features>>>;
  readonly aliases?: readonly {
    /** Left out: the alias holds for every system. */
    readonly system?: string;
    readonly productCode: string;
    readonly sku: string;
  }[];
  /** Stages by key; none: no order needs a yes. */
  readonly approvals?: Readonly<Record<string, StageInput>>;
}
