import type { CurrencyCode } from "../kernel/currency.ts";
import { formatMoney } from "../kernel/money.ts";
import { isPercentAbove, maxPercent, percentBelow, percentText } from "../kernel/percent.ts";
import type { OrderLine } from "../order/order-content.ts";
import { orderTotal } from "../order/order-total.ts";
import type { ApprovalSubject } from "./approval-facts.ts";
import type { ApprovalCondition } from "./approval-policy.ts";

/**
 * Why `condition` matches the order, as a sentence with the actual value and the limit; null when
 * it does not match. What is not known matches: a missing list price, a customer without a country
 * or an amount in another currency is for a person to judge, never waved through.
 */
export function judgeCondition(
  condition: ApprovalCondition,
  { content, facts }: ApprovalSubject,
): string | null {
  switch (condition.fact) {
    case "discount-percent":
      return judgeDiscount(content.lines, condition.above);
    case "total-value": {
      const total = orderTotal(content);
      const limit = { minor: condition.aboveMinor, currency: condition.currency as CurrencyCode };
      if (total.currency !== condition.currency) {
        return `Value of ${formatMoney(total)} is in another currency than the limit of ${formatMoney(limit)}.`;
      }
      if (total.minor <= condition.aboveMinor) return null;
      return `Value of ${formatMoney(total)} is above ${formatMoney(limit)}.`;
    }
    case "term-months": {
      const [longest, index] = longestTerm(content.lines);
      if (longest.term.months <= condition.above) return null;
      return `Term of ${longest.term.months} months on ${lineName(longest, index)} is above ${condition.above} months.`;
    }
    case "country":
      return judgeCountry(content.customer.country, condition);
    case "sku-class":
      return judgeSkuClass(content.lines, facts.skuClasses, condition.isOneOf);
    case "first-order-of-customer":
      return facts.isFirstOrderOfCustomer
        ? `This is the first order of ${content.customer.name}.`
        : null;
    case "always":
      return "Every order is asked for.";
  }
}

function judgeDiscount(lines: readonly OrderLine[], above: number): string | null {
  let worst: { readonly line: OrderLine; readonly index: number } | null = null;
  let matching = 0;
  for (const [index, line] of lines.entries()) {
    if (line.listPrice === null) {
      return `The discount on ${lineName(line, index)} is not known, because the catalog has no list price for it in ${line.unitPrice.currency}; the limit is ${above} %.`;
    }
    const discount = percentBelow({ list: line.listPrice, actual: line.unitPrice });
    if (!isPercentAbove(discount, above)) continue;
    matching += 1;
    if (worst === null || maxPercent(discountOf(worst.line), discount) === discount) {
      worst = { line, index };
    }
  }
  if (worst === null) return null;
  const shown = percentText(discountOf(worst.line));
  // 20.001 % is above 20 % and reads "20": say so instead of contradicting ourselves.
  const actual = shown === String(above) ? `just over ${shown}` : shown;
  const others =
    matching === 1 ? "" : `, and on ${matching - 1} other ${matching === 2 ? "line" : "lines"} too`;
  return `Discount of ${actual} % on ${lineName(worst.line, worst.index)} is above ${above} %${others}.`;
}

function discountOf(line: OrderLine) {
  return percentBelow({ list: line.listPrice ?? line.unitPrice, actual: line.unitPrice });
}

function longestTerm(lines: readonly [OrderLine, ...OrderLine[]]): readonly [OrderLine, number] {
  let at = 0;
  for (const [index, line] of lines.entries()) {
    if (line.term.months > (lines[at] ?? lines[0]).term.months) at = index;
  }
  return [lines[at] ?? lines[0], at];
}

function judgeCountry(
  country: string | null,
  condition: Extract<ApprovalCondition, { fact: "country" }>,
): string | null {
  const rule =
    "isOneOf" in condition
      ? `one of ${condition.isOneOf.join(", ")}`
      : `outside ${condition.isNotOneOf.join(", ")}`;
  if (country === null) {
    return `The customer's country is not known; orders from a country ${rule} are asked for.`;
  }
  const matches =
    "isOneOf" in condition
      ? condition.isOneOf.includes(country)
      : !condition.isNotOneOf.includes(country);
  return matches ? `The customer's country ${country} is ${rule}.` : null;
}

function judgeSkuClass(
  lines: readonly OrderLine[],
  skuClasses: Readonly<Record<string, string>>,
  classes: readonly string[],
): string | null {
  for (const [index, line] of lines.entries()) {
    const skuClass = Object.hasOwn(skuClasses, line.sku) ? skuClasses[line.sku] : undefined;
    if (skuClass === undefined) {
      return `The class of ${lineName(line, index)} is not known; ${classes.join(", ")} is asked for.`;
    }
    if (classes.includes(skuClass)) {
      return `${capitalize(lineName(line, index))} is of class ${skuClass}.`;
    }
  }
  return null;
}

function lineName(line: OrderLine, index: number): string {
  return `line ${index + 1} (${line.sku})`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
