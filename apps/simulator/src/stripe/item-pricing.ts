import { lineAmount } from "./amount.ts";
import { type Call, find } from "./call.ts";
import type { Params } from "./params.ts";
import { createInlinePrice, findSellablePrice } from "./price-calls.ts";
import { invalidRequest } from "./stripe-error.ts";

/** What one line or item costs, and by which price. */
export interface ItemPricing {
  readonly amount: number;
  readonly quantity: number;
  readonly price: string | null;
  readonly product: string | null;
  readonly unitAmountDecimal: string | null;
  readonly description: string | null;
}

/**
 * Reads how an invoice line is priced: a flat `amount`, a `unit_amount_decimal`, a price
 * (`pricing[price]`) or a price made on the spot (`price_data`).
 */
export function readItemPricing(call: Call, params: Params, currency: string): ItemPricing {
  const amount = params.integer("amount");
  const priceId = params.object("pricing")?.text("price");
  const priceData = params.object("price_data");
  const unitAmount = params.decimal("unit_amount_decimal");
  const quantity = params.integer("quantity") ?? 1;
  const given = [amount, priceId, priceData, unitAmount].filter((one) => one !== undefined);
  if (given.length > 1) {
    throw invalidRequest(
      "You may only specify one of these parameters: amount, pricing, price_data, unit_amount_decimal.",
      { param: params.nameOf("amount") },
    );
  }
  if (amount !== undefined) {
    if (params.has("quantity")) {
      throw invalidRequest("You may only specify one of these parameters: amount, quantity.", {
        param: params.nameOf("quantity"),
      });
    }
    return {
      amount,
      quantity: 1,
      price: null,
      product: null,
      unitAmountDecimal: String(amount),
      description: null,
    };
  }
  if (unitAmount !== undefined) {
    return {
      amount: lineAmount(unitAmount, quantity),
      quantity,
      price: null,
      product: null,
      unitAmountDecimal: unitAmount,
      description: null,
    };
  }
  if (priceId === undefined && priceData === undefined) {
    throw invalidRequest(
      "You must specify `amount`, `pricing[price]`, `price_data` or `unit_amount_decimal`.",
      { code: "parameter_missing", param: params.nameOf("amount") },
    );
  }
  const price =
    priceId === undefined
      ? createInlinePrice(call, priceData as Params)
      : findSellablePrice(call.account, priceId, params.nameOf("pricing[price]"));
  if (price.currency !== currency) {
    throw invalidRequest(
      `The price's currency (${price.currency}) does not match the invoice's (${currency}).`,
      { param: params.nameOf("pricing") },
    );
  }
  if (price.recurring !== null) {
    throw invalidRequest(
      "The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.",
      { param: params.nameOf("pricing[price]") },
    );
  }
  const product = find(call.account, "product", price.product, "product");
  return {
    amount: lineAmount(price.unitAmountDecimal, quantity),
    quantity,
    price: price.id,
    product: product.id,
    unitAmountDecimal: price.unitAmountDecimal,
    description: product.name,
  };
}
