import type { CurrencyCode } from "../kernel/currency.ts";
import type { TimeZone } from "../kernel/instant.ts";
import { type Limit, unlimited } from "../kernel/limit.ts";
import { type Money, parseMoney } from "../kernel/money.ts";
import type { Catalog } from "./catalog.ts";
import { type CatalogFault, CatalogInvalidError } from "./catalog-fault.ts";
import type { CatalogInput, FeatureInput, LimitInput, TemplateInput } from "./catalog-input.ts";
import { checkCatalog } from "./check-catalog.ts";
import type { Feature, FeatureKey } from "./feature.ts";
import type {
  BillingPlan,
  EntitlementTemplate,
  Offering,
  Sku,
  TemplateAmount,
} from "./offering.ts";

/**
 * The catalog of a typed file: `export default defineCatalog({ … })`. The compiler holds each
 * entitlement to the kind of its feature; what it cannot see is checked here, and everything found
 * is thrown at once as `CatalogInvalidError`.
 */
export function defineCatalog<const Features extends Readonly<Record<string, FeatureInput>>>(
  input: CatalogInput<Features>,
): Catalog {
  const faults: CatalogFault[] = [];
  const catalog: Catalog = {
    timeZone: input.timeZone as TimeZone,
    features: Object.entries(input.features).map(([key, feature]) => toFeature(key, feature)),
    offerings: Object.entries(input.offerings).map(
      ([sku, offering]): Offering => ({
        sku: sku as Sku,
        name: offering.name,
        skuClass: offering.skuClass,
        listPrices: toListPrices({ sku, prices: offering.listPrices, faults }),
        billing: toBillingPlan(offering.billing),
        ...(offering.defaultTerm === undefined ? {} : { defaultTerm: offering.defaultTerm }),
        entitlements: Object.entries(offering.entitlements).flatMap(([key, template]) => {
          const made = toTemplate({
            key,
            kind: input.features[key]?.kind,
            template: template as TemplateInput | undefined,
          });
          if (made === null) {
            faults.push({
              at: `offerings.${sku}.entitlements.${key}`,
              sentence: `Feature ${key} is not defined under features.`,
            });
          }
          return made ?? [];
        }),
      }),
    ),
    aliases: (input.aliases ?? []).map(({ system, productCode, sku }) => ({
      system: system ?? null,
      productCode,
      sku: sku as Sku,
    })),
    approvalPolicy: {
      stages: Object.entries(input.approvals ?? {}).map(([key, stage]) => ({
        key,
        name: stage.name,
        when: stage.when,
        approvers: stage.approvers,
        quorum: stage.quorum ?? { kind: "any" },
        step: stage.step ?? 1,
        dueAfterHours: stage.dueAfterHours ?? 48,
        whenSilent: stage.whenSilent ?? "park",
      })),
    },
  };
  faults.push(...checkCatalog(catalog));
  if (faults.length > 0) throw new CatalogInvalidError(faults);
  return catalog;
}

function toFeature(key: string, input: FeatureInput): Feature {
  const common = {
    key: key as FeatureKey,
    name: input.name,
    ...(input.description === undefined ? {} : { description: input.description }),
    failPolicy: input.failPolicy ?? "closed",
  };
  switch (input.kind) {
    case "boolean":
    case "seat":
      return { ...common, kind: input.kind };
    case "config":
      return { ...common, kind: input.kind, combine: input.combine };
    case "metered":
      return { ...common, kind: input.kind, unit: input.unit };
  }
}

function toListPrices({
  sku,
  prices,
  faults,
}: {
  readonly sku: string;
  readonly prices: Readonly<Record<string, string>>;
  readonly faults: CatalogFault[];
}): readonly Money[] {
  return Object.entries(prices).map(([currency, amount]) => {
    const read = parseMoney({ amount, currency });
    if (read.ok) return read.value;
    faults.push({
      at: `offerings.${sku}.listPrices.${currency}`,
      sentence: read.reasons[0].sentence,
    });
    return { minor: 0, currency: currency as CurrencyCode };
  });
}

function toBillingPlan(
  input: "invoice" | { readonly subscription: "month" | "year" },
): BillingPlan {
  return input === "invoice"
    ? { kind: "invoice" }
    : { kind: "subscription", interval: input.subscription };
}

/** Null when no such feature is defined; the compiler sees that, a file in plain JavaScript does not. */
function toTemplate({
  key,
  kind,
  template,
}: {
  readonly key: string;
  readonly kind: Feature["kind"] | undefined;
  readonly template: TemplateInput | undefined;
}): EntitlementTemplate | null {
  if (kind === undefined || template === undefined) return null;
  const input = template === true ? {} : template;
  const common = {
    feature: key as FeatureKey,
    graceDays: input.graceDays ?? 0,
    geo: input.geo ?? null,
  };
  switch (kind) {
    case "boolean":
      return { ...common, kind };
    case "config":
      return { ...common, kind, value: (input as TemplateInput<"config">).value };
    case "seat": {
      const seat = input as TemplateInput<"seat">;
      return { ...common, kind, amount: toAmount(seat), enforcement: seat.enforcement ?? "hard" };
    }
    case "metered": {
      const metered = input as TemplateInput<"metered">;
      return {
        ...common,
        kind,
        amount: toAmount(metered),
        reset: metered.reset,
        rollover: metered.rollover === undefined ? null : { max: toLimit(metered.rollover.max) },
        enforcement: metered.enforcement ?? "hard",
      };
    }
  }
}

function toAmount(input: {
  readonly fixed?: LimitInput | undefined;
  readonly perQuantity?: number | undefined;
}): TemplateAmount {
  return input.perQuantity === undefined
    ? { basis: "fixed", limit: input.fixed === undefined ? { kind: "none" } : toLimit(input.fixed) }
    : { basis: "per-quantity", amount: input.perQuantity };
}

function toLimit(input: LimitInput): Limit {
  return input === "unlimited" ? unlimited : { kind: "limited", amount: input };
}
