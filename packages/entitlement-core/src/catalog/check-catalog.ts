import { checkApprovalPolicy } from "../approval/check-approval-policy.ts";
import { parseCountry } from "../kernel/country.ts";
import { parseCurrency } from "../kernel/currency.ts";
import { parseTimeZone } from "../kernel/instant.ts";
import type { Limit } from "../kernel/limit.ts";
import { termMonthsMax } from "../kernel/term.ts";
import type { Catalog } from "./catalog.ts";
import type { CatalogFault } from "./catalog-fault.ts";
import type { Feature } from "./feature.ts";
import type { EntitlementTemplate, GeoRule, Offering } from "./offering.ts";

const graceDaysMax = 366;
const featureKey = /^[a-z0-9][a-z0-9_.-]{0,62}$/;

/** Everything in which the catalog contradicts itself, all at once. Empty: it can be published. */
export function checkCatalog(catalog: Catalog): readonly CatalogFault[] {
  return [
    ...checkTimeZone(catalog),
    ...checkFeatures(catalog.features),
    ...checkOfferings(catalog),
    ...checkAliases(catalog),
    ...checkApprovalPolicy(catalog),
  ];
}

function* checkTimeZone({ timeZone }: Catalog): Iterable<CatalogFault> {
  const read = parseTimeZone(timeZone);
  if (!read.ok) yield { at: "timeZone", sentence: read.reasons[0] };
}

function* checkFeatures(features: readonly Feature[]): Iterable<CatalogFault> {
  for (const key of duplicatesOf(features.map((feature) => feature.key))) {
    yield { at: `features.${key}`, sentence: `Feature ${key} is defined more than once.` };
  }
  for (const { key } of features) {
    if (!featureKey.test(key)) {
      yield {
        at: `features.${key}`,
        sentence: `A feature key is made of a-z, 0-9, "_", "-" and "." and begins with a letter or digit: "${key}" does not.`,
      };
    }
  }
}

function* checkOfferings({ offerings, features }: Catalog): Iterable<CatalogFault> {
  const byKey = new Map(features.map((feature) => [feature.key, feature]));
  for (const sku of duplicatesOf(offerings.map((offering) => offering.sku))) {
    yield { at: `offerings.${sku}`, sentence: `Sku ${sku} is defined more than once.` };
  }
  for (const offering of offerings) {
    yield* checkPrices(offering);
    yield* checkDefaultTerm(offering);
    const { sku, entitlements } = offering;
    if (sku.trim() === "") {
      yield { at: "offerings", sentence: "An offering has an empty sku." };
    }
    for (const key of duplicatesOf(entitlements.map((template) => template.feature))) {
      yield {
        at: `offerings.${sku}.entitlements.${key}`,
        sentence: `Sku ${sku} grants feature ${key} more than once.`,
      };
    }
    for (const template of entitlements) {
      const at = `offerings.${sku}.entitlements.${template.feature}`;
      yield* checkTemplate({ template, feature: byKey.get(template.feature), at });
    }
  }
}

function* checkPrices({ sku, listPrices }: Offering): Iterable<CatalogFault> {
  const at = `offerings.${sku}.listPrices`;
  if (listPrices.length === 0) {
    yield {
      at,
      sentence: `Sku ${sku} has no list price: name at least one currency it is sold in.`,
    };
  }
  for (const currency of duplicatesOf(listPrices.map((price) => price.currency))) {
    yield { at, sentence: `Sku ${sku} has more than one list price in ${currency}.` };
  }
  for (const { minor, currency } of listPrices) {
    if (parseCurrency(currency) === null) {
      yield {
        at,
        sentence: `Sku ${sku} is priced in "${currency}", which is no currency of ISO 4217.`,
      };
    }
    if (!Number.isSafeInteger(minor) || minor < 0) {
      yield {
        at,
        sentence: `The list price of sku ${sku} in ${currency} is ${minor} minor units; expected a whole number of at least 0.`,
      };
    }
  }
}

function* checkDefaultTerm({ sku, defaultTerm }: Offering): Iterable<CatalogFault> {
  if (defaultTerm === undefined) return;
  const { months } = defaultTerm;
  if (!Number.isInteger(months) || months < 1 || months > termMonthsMax) {
    yield {
      at: `offerings.${sku}.defaultTerm.months`,
      sentence: `The default term of sku ${sku} is ${months} months; expected a whole number from 1 through ${termMonthsMax}.`,
    };
  }
}

function* checkTemplate({
  template,
  feature,
  at,
}: {
  readonly template: EntitlementTemplate;
  readonly feature: Feature | undefined;
  readonly at: string;
}): Iterable<CatalogFault> {
  if (feature === undefined) {
    yield { at, sentence: `Feature ${template.feature} is not defined under features.` };
  } else if (feature.kind !== template.kind) {
    yield {
      at,
      sentence: `Feature ${feature.key} is ${feature.kind} and cannot be granted as ${template.kind}.`,
    };
  } else {
    yield* checkConfigValue({ template, feature, at });
  }
  if (
    !Number.isInteger(template.graceDays) ||
    template.graceDays < 0 ||
    template.graceDays > graceDaysMax
  ) {
    yield {
      at: `${at}.graceDays`,
      sentence: `Grace is ${template.graceDays} days; expected a whole number from 0 through ${graceDaysMax}.`,
    };
  }
  yield* checkGeo(template.geo, `${at}.geo`);
  yield* checkAmounts(template, at);
}

function* checkConfigValue({
  template,
  feature,
  at,
}: {
  readonly template: EntitlementTemplate;
  readonly feature: Feature;
  readonly at: string;
}): Iterable<CatalogFault> {
  if (template.kind !== "config" || feature.kind !== "config") return;
  const { value } = template;
  const { combine } = feature;
  const isList =
    typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean";
  if (combine === "union" && !isList) {
    yield {
      at: `${at}.value`,
      sentence: `Feature ${feature.key} combines by union, so its value is a list of texts; got ${JSON.stringify(value)}.`,
    };
  }
  if ((combine === "max" || combine === "min") && typeof value !== "number") {
    yield {
      at: `${at}.value`,
      sentence: `Feature ${feature.key} combines by ${combine}, so its value is a number; got ${JSON.stringify(value)}.`,
    };
  }
}

function* checkAmounts(template: EntitlementTemplate, at: string): Iterable<CatalogFault> {
  if (template.kind !== "metered" && template.kind !== "seat") return;
  const { amount } = template;
  if (amount.basis === "fixed") yield* checkLimit(amount.limit, `${at}.amount`);
  else if (!Number.isSafeInteger(amount.amount) || amount.amount < 1) {
    yield {
      at: `${at}.amount`,
      sentence: `The amount per unit is ${amount.amount}; expected a whole number of at least 1.`,
    };
  }
  if (template.kind === "metered" && template.rollover !== null) {
    yield* checkLimit(template.rollover.max, `${at}.rollover.max`);
    if (template.reset === "never") {
      yield {
        at: `${at}.rollover`,
        sentence:
          "An allowance that is never reset has nothing to roll over: drop rollover or name a reset.",
      };
    }
  }
}

function* checkLimit(limit: Limit, at: string): Iterable<CatalogFault> {
  if (limit.kind === "none") {
    yield {
      at,
      sentence: 'A limit of none grants nothing: drop the entitlement, or say "unlimited".',
    };
  }
  if (limit.kind === "limited" && (!Number.isSafeInteger(limit.amount) || limit.amount < 0)) {
    yield { at, sentence: `A limit is a whole number of at least 0, not ${limit.amount}.` };
  }
}

function* checkGeo(geo: GeoRule | null, at: string): Iterable<CatalogFault> {
  if (geo === null) return;
  if (geo.countries.length === 0) {
    yield {
      at,
      sentence:
        geo.mode === "allow"
          ? "An empty allow list admits nobody: name countries, or drop the rule."
          : "An empty deny list refuses nobody: name countries, or drop the rule.",
    };
  }
  for (const country of geo.countries) {
    if (parseCountry(country) === null) {
      yield { at, sentence: `"${country}" is no country code of ISO 3166-1, such as DE.` };
    }
  }
}

function* checkAliases({ aliases, offerings }: Catalog): Iterable<CatalogFault> {
  const skus = new Set<string>(offerings.map((offering) => offering.sku));
  const nameOf = ({ system, productCode }: Catalog["aliases"][number]) =>
    `${productCode} (${system ?? "every system"})`;
  for (const name of duplicatesOf(aliases.map(nameOf))) {
    yield { at: `aliases.${name}`, sentence: `Alias ${name} is defined more than once.` };
  }
  for (const alias of aliases) {
    const at = `aliases.${nameOf(alias)}`;
    if (!skus.has(alias.sku)) {
      yield {
        at,
        sentence: `Alias ${nameOf(alias)} leads to sku ${alias.sku}, which is not offered.`,
      };
    }
    if (skus.has(alias.productCode) && alias.productCode !== alias.sku) {
      yield {
        at,
        sentence: `Alias ${nameOf(alias)} has the code of an offering; orders for ${alias.productCode} get that one, so the alias would never be used.`,
      };
    }
    if (alias.productCode.trim() === "") {
      yield { at, sentence: "An alias has an empty product code." };
    }
  }
}

function duplicatesOf<Item>(items: readonly Item[]): readonly Item[] {
  const seen = new Set<Item>();
  const twice = new Set<Item>();
  for (const item of items) (seen.has(item) ? twice : seen).add(item);
  return [...twice];
}
