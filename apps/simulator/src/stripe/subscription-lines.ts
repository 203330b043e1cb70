import { lineAmount } from "./amount.ts";
import { type Call, find } from "./call.ts";
import { readItemPricing } from "./item-pricing.ts";
import type { Params } from "./params.ts";
import { findSellablePrice } from "./price-calls.ts";
import type {
  InvoiceLineRow,
  PriceRow,
  SubscriptionItemRow,
  SubscriptionRow,
} from "./stripe-rows.ts";

/** `add_invoice_items`: one-off lines on the first invoice. */
export function readExtraLines(
  call: Call,
  params: Params,
  currency: string,
  now: number,
): Omit<InvoiceLineRow, "id">[] {
  return (params.objects("add_invoice_items") ?? []).map((given) => {
    const priced = given.text("price");
    const pricing =
      priced === undefined ? readItemPricing(call, given, currency) : oneOff(call, given, priced);
    return {
      ...pricing,
      periodStart: now,
      periodEnd: now,
      isProration: false,
      metadata: given.metadata({}),
      invoiceItem: call.account.newId("ii").id,
      subscription: null,
      subscriptionItem: null,
    };
  });
}

function oneOff(call: Call, given: Params, priceId: string) {
  const price = findSellablePrice(call.account, priceId, given.nameOf("price"));
  const quantity = given.integer("quantity") ?? 1;
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

/** What a period of one item costs, as an invoice line; nothing during a trial. */
export function lineOfSubscriptionItem(
  price: PriceRow,
  row: SubscriptionRow,
  item: SubscriptionItemRow,
): Omit<InvoiceLineRow, "id"> {
  const isTrial = row.status === "trialing";
  const what = `${item.quantity} × ${price.nickname ?? price.product}`;
  return {
    amount: isTrial ? 0 : lineAmount(price.unitAmountDecimal, item.quantity),
    description: isTrial ? `Trial period for ${what}` : what,
    quantity: item.quantity,
    price: price.id,
    product: price.product,
    unitAmountDecimal: price.unitAmountDecimal,
    periodStart: row.periodStart,
    periodEnd: row.periodEnd,
    isProration: false,
    metadata: item.metadata,
    invoiceItem: null,
    subscription: row.id,
    subscriptionItem: item.id,
  };
}
