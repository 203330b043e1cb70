import { type Money, moneyToDecimal } from "@usher/entitlement-core/kernel";

export function toWireMoney(money: Money): { amount: string; currency: string } {
  return { amount: moneyToDecimal(money), currency: money.currency };
}
