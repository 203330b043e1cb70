import type { ApprovalCondition } from "@usher/entitlement-core/approval";
import { formatMoney, percentText } from "@usher/entitlement-core/kernel";
import { type OrderContent, orderTotal } from "@usher/entitlement-core/order";
import { largestDiscount } from "./largest-discount.ts";
import type { LimitBar } from "./limit-bar.ts";

/** What a condition of the policy measures, drawn against its bound; none where nothing is measured. */
export function conditionBars(
  condition: ApprovalCondition,
  content: OrderContent,
): readonly LimitBar[] {
  switch (condition.fact) {
    case "discount-percent": {
      const discount = largestDiscount(content);
      if (discount === null) return [];
      const actual = Number(discount.numerator) / Number(discount.denominator);
      return [
        {
          label: "Discount",
          actual,
          limit: condition.above,
          actualText: `${percentText(discount)} %`,
          limitText: `${condition.above} %`,
        },
      ];
    }
    case "total-value": {
      const total = orderTotal(content);
      const limit = { minor: condition.aboveMinor, currency: total.currency };
      return [
        {
          label: "Value",
          actual: total.minor,
          limit: limit.minor,
          actualText: formatMoney(total),
          limitText: formatMoney(limit),
        },
      ];
    }
    case "term-months": {
      const longest = Math.max(...content.lines.map((line) => line.term.months));
      return [
        {
          label: "Term",
          actual: longest,
          limit: condition.above,
          actualText: `${longest} months`,
          limitText: `${condition.above} months`,
        },
      ];
    }
    case "country":
    case "sku-class":
    case "first-order-of-customer":
    case "always":
      return [];
  }
}
