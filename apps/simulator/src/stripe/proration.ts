import { lineAmount, shareOf } from "./amount.ts";
import { save } from "./call.ts";
import type { Step } from "./step.ts";
import type {
  InvoiceItemRow,
  PriceRow,
  SubscriptionItemRow,
  SubscriptionRow,
} from "./stripe-rows.ts";

/** Credits the unused time of what changed and charges the rest of the period for what came. */
export function prorate(
  call: Step,
  input: { before: SubscriptionRow; after: SubscriptionRow; at: number },
) {
  const { before, after, at } = input;
  const whole = before.periodEnd - before.periodStart;
  const left = Math.max(0, Math.min(whole, before.periodEnd - at));
  if (left === 0) return;
  const share = { part: left, whole, from: at };
  for (const old of before.items) {
    const next = after.items.find((item) => item.id === old.id);
    if (next !== undefined && next.price === old.price && next.quantity === old.quantity) continue;
    addProration(call, before, old, share, -1);
    if (next !== undefined) addProration(call, before, next, share, 1);
  }
  for (const item of after.items) {
    if (!before.items.some((old) => old.id === item.id)) addProration(call, before, item, share, 1);
  }
}

function addProration(
  call: Step,
  subscription: SubscriptionRow,
  item: SubscriptionItemRow,
  share: { part: number; whole: number; from: number },
  sign: 1 | -1,
) {
  const { account } = call;
  const price = account.tables.price.get(item.price) as PriceRow;
  const full = lineAmount(price.unitAmountDecimal, item.quantity);
  const amount = sign * shareOf(full, share.part, share.whole);
  const { id, sequence } = account.newId("ii");
  const row: InvoiceItemRow = {
    id,
    sequence,
    created: account.nowSeconds(),
    customer: subscription.customer,
    currency: subscription.currency,
    amount,
    description: `${sign < 0 ? "Unused" : "Remaining"} time on ${item.quantity} × ${price.nickname ?? price.product}`,
    quantity: item.quantity,
    price: price.id,
    product: price.product,
    unitAmountDecimal: price.unitAmountDecimal,
    periodStart: share.from,
    periodEnd: subscription.periodEnd,
    isProration: true,
    isDiscountable: false,
    metadata: item.metadata,
    invoice: null,
    subscription: subscription.id,
    subscriptionItem: item.id,
  };
  save(call, { kind: "invoiceitem", row, events: ["invoiceitem.created"] });
}
