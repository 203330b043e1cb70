import type { Sku } from "../catalog/offering.ts";
import type { OfferingVersionId } from "../kernel/ids.ts";
import type { CalendarDate, TimeZone } from "../kernel/instant.ts";
import type { Money } from "../kernel/money.ts";
import type { OrderContent, OrderLine } from "../order/order-content.ts";
import { orderTotal } from "../order/order-total.ts";

/** A value before and after. */
export interface Change<Value> {
  readonly before: Value;
  readonly after: Value;
}

/** One field of one line that differs. */
export type LineFieldChange =
  | ({ readonly field: "sku" } & Change<Sku>)
  | ({ readonly field: "offering-version" } & Change<OfferingVersionId>)
  | ({ readonly field: "quantity" } & Change<number>)
  | ({ readonly field: "unit-price" } & Change<Money>)
  | ({ readonly field: "list-price" } & Change<Money | null>)
  | ({ readonly field: "starts-on" } & Change<CalendarDate>)
  | ({ readonly field: "months" } & Change<number>)
  | ({ readonly field: "time-zone" } & Change<TimeZone>);

export type LineDiff =
  | { readonly kind: "added"; readonly line: OrderLine }
  | { readonly kind: "removed"; readonly line: OrderLine }
  | {
      readonly kind: "changed";
      readonly before: OrderLine;
      readonly after: OrderLine;
      readonly changes: readonly [LineFieldChange, ...LineFieldChange[]];
    };

/** One field of the order itself that differs. Null before: there was no order. */
export type OrderFieldChange =
  | ({ readonly field: "kind" | "deal-name" | "currency" } & Change<string>)
  | ({ readonly field: "customer" | "country" | "owner" } & Change<string | null>);

/** What changed between two contents of an order, in the words of the business. */
export interface ContentDiff {
  readonly fields: readonly OrderFieldChange[];
  /** Lines that are the same are left out. */
  readonly lines: readonly LineDiff[];
  /** Value of the whole order; null when it did not change. */
  readonly total: Change<Money | null> | null;
}

/**
 * What `after` changes on `before`; without a `before`, every line is new. Lines are the same line
 * by their id, and otherwise by their sku: a CRM gives new ids when someone re-enters the products.
 */
export function diffContent(before: OrderContent | null, after: OrderContent): ContentDiff {
  const totalBefore = before === null ? null : orderTotal(before);
  const totalAfter = orderTotal(after);
  return {
    fields: before === null ? [] : diffFields(before, after),
    lines: diffLines(before?.lines ?? [], after.lines),
    total: isSameMoney(totalBefore, totalAfter) ? null : { before: totalBefore, after: totalAfter },
  };
}

/** True when nothing differs. */
export function isEmptyDiff({ fields, lines, total }: ContentDiff): boolean {
  return fields.length === 0 && lines.length === 0 && total === null;
}

function diffFields(before: OrderContent, after: OrderContent): readonly OrderFieldChange[] {
  const candidates: readonly OrderFieldChange[] = [
    { field: "kind", before: before.kind, after: after.kind },
    { field: "deal-name", before: before.dealName, after: after.dealName },
    { field: "currency", before: before.currency, after: after.currency },
    { field: "customer", before: customerName(before), after: customerName(after) },
    { field: "country", before: before.customer.country, after: after.customer.country },
    { field: "owner", before: ownerName(before), after: ownerName(after) },
  ];
  return candidates.filter((one) => one.before !== one.after);
}

function customerName({ customer }: OrderContent): string {
  return `${customer.name} (${customer.externalId})`;
}

function ownerName({ owner }: OrderContent): string | null {
  return owner === null ? null : `${owner.name} <${owner.email}>`;
}

function diffLines(before: readonly OrderLine[], after: readonly OrderLine[]): readonly LineDiff[] {
  const left = new Map(before.map((line) => [line.lineId, line]));
  const partners = new Map<OrderLine, OrderLine>();
  for (const line of after) {
    const partner = left.get(line.lineId);
    if (partner === undefined) continue;
    partners.set(line, partner);
    left.delete(line.lineId);
  }
  for (const line of after) {
    if (partners.has(line)) continue;
    const partner = [...left.values()].find(({ sku }) => sku === line.sku);
    if (partner === undefined) continue;
    partners.set(line, partner);
    left.delete(partner.lineId);
  }
  const kept = after.flatMap((line): readonly LineDiff[] => {
    const partner = partners.get(line);
    if (partner === undefined) return [{ kind: "added", line }];
    const [first, ...others] = diffLine(partner, line);
    if (first === undefined) return [];
    return [{ kind: "changed", before: partner, after: line, changes: [first, ...others] }];
  });
  return [...kept, ...[...left.values()].map((line): LineDiff => ({ kind: "removed", line }))];
}

function diffLine(before: OrderLine, after: OrderLine): readonly LineFieldChange[] {
  const changes: LineFieldChange[] = [];
  if (before.sku !== after.sku) {
    changes.push({ field: "sku", before: before.sku, after: after.sku });
  }
  if (before.offeringVersionId !== after.offeringVersionId) {
    changes.push({
      field: "offering-version",
      before: before.offeringVersionId,
      after: after.offeringVersionId,
    });
  }
  if (before.quantity !== after.quantity) {
    changes.push({ field: "quantity", before: before.quantity, after: after.quantity });
  }
  if (!isSameMoney(before.unitPrice, after.unitPrice)) {
    changes.push({ field: "unit-price", before: before.unitPrice, after: after.unitPrice });
  }
  if (!isSameMoney(before.listPrice, after.listPrice)) {
    changes.push({ field: "list-price", before: before.listPrice, after: after.listPrice });
  }
  if (before.term.startsOn !== after.term.startsOn) {
    changes.push({ field: "starts-on", before: before.term.startsOn, after: after.term.startsOn });
  }
  if (before.term.months !== after.term.months) {
    changes.push({ field: "months", before: before.term.months, after: after.term.months });
  }
  if (before.term.timeZone !== after.term.timeZone) {
    changes.push({ field: "time-zone", before: before.term.timeZone, after: after.term.timeZone });
  }
  return changes;
}

function isSameMoney(one: Money | null, other: Money | null): boolean {
  return one?.minor === other?.minor && one?.currency === other?.currency;
}
