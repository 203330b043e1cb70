import { normalizeAmount } from "./amount.ts";
import { type Call, type CallResult, find, save } from "./call.ts";
import { createdFilter, listRows } from "./list-rows.ts";
import type { Params } from "./params.ts";
import { showPrice } from "./show-price.ts";
import type { StripeAccount } from "./stripe-account.ts";
import { invalidRequest } from "./stripe-error.ts";
import type { PriceRow, ProductRow } from "./stripe-rows.ts";

const INTERVALS = ["day", "week", "month", "year"] as const;
/** A billing period is three years at most. */
const INTERVAL_COUNT_MAX = { day: 1095, week: 156, month: 36, year: 3 } as const;

export function createPrice(call: Call): CallResult {
  const { account, params } = call;
  const currency = params.currency("currency");
  if (currency === undefined) {
    throw invalidRequest("Missing required param: currency.", {
      code: "parameter_missing",
      param: "currency",
    });
  }
  const product = readProduct(call, params);
  const { id, sequence } = account.newId("price");
  const lookupKey = params.text("lookup_key") ?? null;
  if (lookupKey !== null)
    freeLookupKey(call, lookupKey, params.boolean("transfer_lookup_key") ?? false);
  const row: PriceRow = {
    id,
    sequence,
    created: account.nowSeconds(),
    product: product.id,
    currency,
    unitAmountDecimal: readUnitAmount(params),
    recurring: readRecurring(params),
    lookupKey,
    nickname: params.text("nickname") ?? null,
    isActive: params.boolean("active") ?? true,
    metadata: params.metadata({}),
    taxBehavior:
      params.oneOf("tax_behavior", ["exclusive", "inclusive", "unspecified"]) ?? "unspecified",
  };
  params.oneOf("billing_scheme", ["per_unit"]);
  params.finish();
  save(call, { kind: "price", row, events: ["price.created"] });
  return showPrice(row);
}

export function updatePrice(call: Call): CallResult {
  const { account, params, path } = call;
  const before = find(account, "price", path["id"] ?? "");
  const lookupKey = params.text("lookup_key");
  const transfer = params.boolean("transfer_lookup_key") ?? false;
  if (lookupKey !== undefined && lookupKey !== before.lookupKey)
    freeLookupKey(call, lookupKey, transfer);
  const row: PriceRow = {
    ...before,
    isActive: params.boolean("active") ?? before.isActive,
    nickname: params.text("nickname") ?? before.nickname,
    metadata: params.metadata(before.metadata),
    lookupKey: lookupKey ?? before.lookupKey,
    taxBehavior:
      params.oneOf("tax_behavior", ["exclusive", "inclusive", "unspecified"]) ?? before.taxBehavior,
  };
  params.finish();
  save(call, { kind: "price", row, before, events: ["price.updated"] });
  return showPrice(row);
}

export function retrievePrice({ account, params, path }: Call): CallResult {
  params.finish();
  return showPrice(find(account, "price", path["id"] ?? ""));
}

export function listPrices({ account, params }: Call): CallResult {
  const active = params.boolean("active");
  const currency = params.currency("currency");
  const type = params.oneOf("type", ["one_time", "recurring"]);
  const lookupKeys = params.texts("lookup_keys");
  if (lookupKeys !== undefined && lookupKeys.length > 10) {
    throw invalidRequest("You may pass up to 10 lookup_keys", { param: "lookup_keys" });
  }
  const product = params.text("product");
  const isCreatedThen = createdFilter(params);
  const narrow =
    lookupKeys?.length === 1
      ? { index: "lookupKey", value: lookupKeys[0] as string }
      : product === undefined
        ? undefined
        : { index: "product", value: product };
  const page = listRows({
    table: account.tables.price,
    params,
    url: "/v1/prices",
    label: "price",
    narrow,
    keep: (row) =>
      (active === undefined || row.isActive === active) &&
      (currency === undefined || row.currency === currency) &&
      (type === undefined || (row.recurring === null) === (type === "one_time")) &&
      (lookupKeys === undefined ||
        (row.lookupKey !== null && lookupKeys.includes(row.lookupKey))) &&
      (product === undefined || row.product === product) &&
      isCreatedThen(row),
    show: showPrice,
  });
  params.finish();
  return page;
}

/** `price_data` of an item or line: a price made on the spot, which is not offered for reuse. */
export function createInlinePrice(call: Call, params: Params): PriceRow {
  const { account } = call;
  const product = find(
    account,
    "product",
    params.requiredText("product"),
    params.nameOf("product"),
  );
  const { id, sequence } = account.newId("price");
  const row: PriceRow = {
    id,
    sequence,
    created: account.nowSeconds(),
    product: product.id,
    currency: params.requiredText("currency").toLowerCase(),
    unitAmountDecimal: readUnitAmount(params),
    recurring: readRecurring(params),
    lookupKey: null,
    nickname: null,
    isActive: false,
    metadata: {},
    taxBehavior:
      params.oneOf("tax_behavior", ["exclusive", "inclusive", "unspecified"]) ?? "unspecified",
  };
  save(call, { kind: "price", row, events: ["price.created"] });
  return row;
}

/** A price that may be sold: it exists and is active. */
export function findSellablePrice(account: StripeAccount, id: string, param: string): PriceRow {
  const price = find(account, "price", id, param);
  if (!price.isActive) {
    throw invalidRequest(
      `The price specified is inactive. This field only accepts active prices.`,
      { param },
    );
  }
  return price;
}

function readProduct(call: Call, params: Params): ProductRow {
  const inline = params.object("product_data");
  if (inline === undefined)
    return find(call.account, "product", params.requiredText("product"), "product");
  const { id, sequence } = call.account.newId("prod");
  const created = call.account.nowSeconds();
  const row: ProductRow = {
    id: inline.text("id") ?? id,
    sequence,
    created,
    updated: created,
    name: inline.requiredText("name"),
    description: null,
    isActive: inline.boolean("active") ?? true,
    metadata: inline.metadata({}),
    unitLabel: inline.text("unit_label") ?? null,
    statementDescriptor: inline.text("statement_descriptor") ?? null,
    taxCode: inline.text("tax_code") ?? null,
    url: null,
    defaultPrice: null,
  };
  save(call, { kind: "product", row, events: ["product.created"] });
  return row;
}

function readUnitAmount(params: Params): string {
  const whole = params.integer("unit_amount");
  const decimal = params.decimal("unit_amount_decimal");
  if (whole !== undefined && decimal !== undefined) {
    throw invalidRequest(
      "You may only specify one of these parameters: unit_amount, unit_amount_decimal.",
      { param: params.nameOf("unit_amount") },
    );
  }
  const amount = decimal ?? (whole === undefined ? undefined : String(whole));
  if (amount === undefined) {
    throw invalidRequest("You must pass either `unit_amount` or `unit_amount_decimal`.", {
      code: "parameter_missing",
      param: params.nameOf("unit_amount"),
    });
  }
  if (amount.startsWith("-")) {
    throw invalidRequest("This value must be greater than or equal to 0.", {
      code: "parameter_invalid_integer",
      param: params.nameOf("unit_amount"),
    });
  }
  if ((amount.split(".")[1] ?? "").length > 12) {
    throw invalidRequest("Invalid decimal: at most 12 decimal places.", {
      param: params.nameOf("unit_amount_decimal"),
    });
  }
  return normalizeAmount(amount);
}

function readRecurring(params: Params): PriceRow["recurring"] {
  const given = params.object("recurring");
  if (given === undefined) return null;
  const interval = given.oneOf("interval", INTERVALS);
  if (interval === undefined) {
    throw invalidRequest("Missing required param: recurring[interval].", {
      code: "parameter_missing",
      param: given.nameOf("interval"),
    });
  }
  const intervalCount = given.integer("interval_count") ?? 1;
  given.oneOf("usage_type", ["licensed"]);
  if (intervalCount < 1 || intervalCount > INTERVAL_COUNT_MAX[interval]) {
    throw invalidRequest(
      `Invalid interval_count: a period of ${intervalCount} ${interval}s; the maximum is three years.`,
      { param: given.nameOf("interval_count") },
    );
  }
  return { interval, intervalCount };
}

function freeLookupKey(call: Call, lookupKey: string, transfer: boolean) {
  const { account } = call;
  const holder = account.tables.price.where("lookupKey", lookupKey)[0];
  if (holder === undefined) return;
  if (!transfer) {
    throw invalidRequest(`A price (\`${holder.id}\`) already uses that lookup key.`, {
      param: "lookup_key",
    });
  }
  save(call, {
    kind: "price",
    row: { ...holder, lookupKey: null },
    before: holder,
    events: ["price.updated"],
  });
}
