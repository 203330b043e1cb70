import type { Limit } from "../kernel/limit.ts";
import { formatMoney, type Money } from "../kernel/money.ts";
import type { CatalogDiff, ItemDiff, OfferingChange, OfferingDiff } from "./diff-catalog.ts";
import { type Facts, featureFacts, stageFacts } from "./item-facts.ts";
import type { BillingPlan, DefaultTerm, EntitlementTemplate, TemplateAmount } from "./offering.ts";

/** A diff for people, one change a line: `+` new, `-` gone, `~` changed. */
export function catalogDiffLines(diff: CatalogDiff): readonly string[] {
  return [
    ...(diff.timeZone === null
      ? []
      : [`~ time zone: ${diff.timeZone.before} → ${diff.timeZone.after}`]),
    ...diff.features.flatMap((one) => itemLines("feature", one, { facts: featureFacts })),
    ...diff.offerings.flatMap(offeringLines),
    ...diff.aliases.flatMap((one) => itemLines("alias", one, { says: ({ sku }) => ` → ${sku}` })),
    ...diff.approvalStages.flatMap((one) =>
      itemLines("approval stage", one, { facts: stageFacts }),
    ),
  ];
}

/** One line for the item, and below a changed one a line for every fact that is another now. */
function itemLines<Item>(
  what: string,
  { key, before, after }: ItemDiff<Item>,
  {
    says = () => "",
    facts = () => ({}),
  }: { readonly says?: (item: Item) => string; readonly facts?: (item: Item) => Facts },
): readonly string[] {
  if (after === null) return [`- ${what} ${key}`];
  const line = `${what} ${key}${says(after)}`;
  if (before === null) return [`+ ${line}`];
  const was = facts(before);
  const changed = Object.entries(facts(after)).filter(([name, now]) => was[name] !== now);
  return [
    `~ ${line}`,
    ...changed.map(([name, now]) => `    ${name}: ${was[name] ?? "none"} → ${now}`),
  ];
}

function offeringLines(diff: OfferingDiff): readonly string[] {
  switch (diff.kind) {
    case "new":
      return [`+ offering ${diff.sku} (${diff.offering.name})`];
    case "retired":
      return [
        `- offering ${diff.sku}: no longer sold; running orders keep version ${diff.versionBefore}`,
      ];
    case "changed":
      return [
        `~ offering ${diff.sku}: version ${diff.versionBefore} → ${diff.versionBefore + 1}`,
        ...diff.changes.map((change) => `    ${changeLine(change)}`),
      ];
  }
}

function changeLine(change: OfferingChange): string {
  switch (change.field) {
    case "name":
      return `name: ${change.before} → ${change.after}`;
    case "sku-class":
      return `class: ${change.before} → ${change.after}`;
    case "list-price":
      return `list price: ${priceText(change.before)} → ${priceText(change.after)}`;
    case "billing":
      return `billing: ${billingText(change.before)} → ${billingText(change.after)}`;
    case "default-term":
      return `default term: ${defaultTermText(change.before)} → ${defaultTermText(change.after)}`;
    case "entitlement":
      return `${change.feature}: ${templateText(change.before)} → ${templateText(change.after)}`;
  }
}

function priceText(price: Money | null): string {
  return price === null ? "none" : formatMoney(price);
}

function billingText(plan: BillingPlan): string {
  return plan.kind === "invoice" ? "invoice" : `subscription by the ${plan.interval}`;
}

function defaultTermText(term: DefaultTerm | null): string {
  return term === null ? "none" : `${term.months} months from ${term.startsOn}`;
}

/** What a template grants, for people: `1 for each unit, hard, 14 days of grace`. */
export function templateText(template: EntitlementTemplate | null): string {
  if (template === null) return "nothing";
  const { graceDays, geo } = template;
  return [
    grantText(template),
    ...(graceDays === 0 ? [] : [`${graceDays} days of grace`]),
    ...(geo === null
      ? []
      : [`${geo.mode === "allow" ? "only" : "not"} in ${geo.countries.join(", ")}`]),
  ].join(", ");
}

function grantText(template: EntitlementTemplate): string {
  switch (template.kind) {
    case "boolean":
      return "yes";
    case "config":
      return JSON.stringify(template.value);
    case "seat":
      return `${amountText(template.amount)}, ${template.enforcement}`;
    case "metered": {
      const { amount, reset, rollover, enforcement } = template;
      const renewed = reset === "never" ? "once" : `each ${reset}`;
      const carried = rollover === null ? [] : [`up to ${limitText(rollover.max)} carried over`];
      return [amountText(amount), renewed, enforcement, ...carried].join(", ");
    }
  }
}

function amountText(amount: TemplateAmount): string {
  return amount.basis === "fixed" ? limitText(amount.limit) : `${amount.amount} for each unit`;
}

function limitText(limit: Limit): string {
  return limit.kind === "limited" ? String(limit.amount) : limit.kind;
}
