import type { Call } from "./call.ts";
import type { Params } from "./params.ts";
import { createInlinePrice, findSellablePrice } from "./price-calls.ts";
import { invalidRequest, noSuch } from "./stripe-error.ts";
import type { Interval, PriceRow, SubscriptionItemRow, SubscriptionRow } from "./stripe-rows.ts";

const ITEMS_MAX = 20;

export function readNewItems(call: Call, params: Params): SubscriptionItemRow[] {
  const given = params.objects("items");
  if (given === undefined || given.length === 0) {
    throw invalidRequest("Missing required param: items.", {
      code: "parameter_missing",
      param: "items",
    });
  }
  if (given.length > ITEMS_MAX)
    throw invalidRequest(`You can only have up to ${ITEMS_MAX} items.`, { param: "items" });
  return given.map((item) => readItem(call, item));
}

function readItem(call: Call, given: Params, before?: SubscriptionItemRow): SubscriptionItemRow {
  const { account } = call;
  const priceId = given.text("price");
  const priceData = given.object("price_data");
  const quantity = given.integer("quantity") ?? before?.quantity ?? 1;
  if (quantity < 0)
    throw invalidRequest("This value must be greater than or equal to 0.", {
      code: "parameter_invalid_integer",
      param: given.nameOf("quantity"),
    });
  const price =
    priceId !== undefined
      ? findSellablePrice(account, priceId, given.nameOf("price")).id
      : priceData !== undefined
        ? createInlinePrice(call, priceData).id
        : before?.price;
  if (price === undefined) {
    throw invalidRequest(`Missing required param: ${given.nameOf("price")}.`, {
      code: "parameter_missing",
      param: given.nameOf("price"),
    });
  }
  return {
    id: before?.id ?? account.newId("si").id,
    created: before?.created ?? account.nowSeconds(),
    price,
    quantity,
    metadata: given.metadata(before?.metadata ?? {}),
  };
}

/** Items are named by id to change or delete them; one without id is added. */
export function readChangedItems(
  call: Call,
  params: Params,
  before: SubscriptionRow,
): SubscriptionItemRow[] {
  let items = [...before.items];
  for (const given of params.objects("items") ?? []) {
    const id = given.text("id");
    const known = id === undefined ? undefined : items.find((item) => item.id === id);
    if (id !== undefined && known === undefined)
      throw noSuch("subscription item", id, given.nameOf("id"));
    if (given.boolean("deleted") === true) {
      items = items.filter((item) => item.id !== id);
      continue;
    }
    const next = readItem(call, given, known);
    items =
      known === undefined ? [...items, next] : items.map((item) => (item.id === id ? next : item));
  }
  if (items.length === 0)
    throw invalidRequest("A subscription must have at least one active item.", { param: "items" });
  if (items.length > ITEMS_MAX)
    throw invalidRequest(`You can only have up to ${ITEMS_MAX} items.`, { param: "items" });
  return items;
}

/** All items bill in one currency and in one rhythm. */
export function commonTerms(
  prices: { get(id: string): PriceRow | undefined },
  items: readonly SubscriptionItemRow[],
): { currency: string; interval: Interval; intervalCount: number } {
  const all = items.map((item) => prices.get(item.price) as PriceRow);
  const first = all[0] as PriceRow;
  for (const price of all) {
    if (price.recurring === null) {
      throw invalidRequest(
        "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.",
        { param: "items[0][price]" },
      );
    }
    if (price.currency !== first.currency) {
      throw invalidRequest("The prices of a subscription must all use the same currency.", {
        param: "items",
      });
    }
    if (
      price.recurring.interval !== first.recurring?.interval ||
      price.recurring.intervalCount !== first.recurring.intervalCount
    ) {
      throw invalidRequest(
        "Currently, all items of a subscription must have the same billing interval.",
        { param: "items" },
      );
    }
  }
  const recurring = first.recurring as NonNullable<PriceRow["recurring"]>;
  return { currency: first.currency, ...recurring };
}
