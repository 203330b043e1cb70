import { type Money, multiplyMoney, sumMoney } from "../kernel/money.ts";
import type { OrderContent, OrderLine } from "./order-content.ts";

/** What a line costs for its whole term. */
export function lineTotal(line: Pick<OrderLine, "unitPrice" | "quantity">): Money {
  return multiplyMoney(line.unitPrice, line.quantity);
}

/** What the order costs for the whole terms of its lines. */
export function orderTotal(content: Pick<OrderContent, "currency" | "lines">): Money {
  return sumMoney(content.lines.map(lineTotal), content.currency);
}
