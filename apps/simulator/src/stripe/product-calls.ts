import { type Call, type CallResult, find, save } from "./call.ts";
import { createdFilter, listRows } from "./list-rows.ts";
import { showProduct } from "./show-product.ts";
import { invalidRequest } from "./stripe-error.ts";
import type { ProductRow } from "./stripe-rows.ts";

export function createProduct(call: Call): CallResult {
  const { account, params } = call;
  const made = account.newId("prod");
  const id = params.text("id") ?? made.id;
  if (account.tables.product.get(id) !== undefined) {
    throw invalidRequest("Product already exists.", {
      code: "resource_already_exists",
      param: "id",
    });
  }
  const created = account.nowSeconds();
  const row: ProductRow = {
    id,
    sequence: made.sequence,
    created,
    updated: created,
    name: params.requiredText("name"),
    description: params.text("description") ?? null,
    isActive: params.boolean("active") ?? true,
    metadata: params.metadata({}),
    unitLabel: params.text("unit_label") ?? null,
    statementDescriptor: params.text("statement_descriptor") ?? null,
    taxCode: params.text("tax_code") ?? null,
    url: params.text("url") ?? null,
    defaultPrice: null,
  };
  params.oneOf("type", ["service"]);
  params.finish();
  save(call, { kind: "product", row, events: ["product.created"] });
  return showProduct(row);
}

export function updateProduct(call: Call): CallResult {
  const { account, params, path } = call;
  const before = find(account, "product", path["id"] ?? "");
  const description = params.textOrUnset("description");
  const defaultPrice = params.text("default_price");
  const row: ProductRow = {
    ...before,
    updated: account.nowSeconds(),
    name: params.text("name") ?? before.name,
    description: description === undefined ? before.description : description,
    isActive: params.boolean("active") ?? before.isActive,
    metadata: params.metadata(before.metadata),
    unitLabel: params.text("unit_label") ?? before.unitLabel,
    statementDescriptor: params.text("statement_descriptor") ?? before.statementDescriptor,
    taxCode: params.text("tax_code") ?? before.taxCode,
    url: params.text("url") ?? before.url,
    defaultPrice:
      defaultPrice === undefined
        ? before.defaultPrice
        : find(account, "price", defaultPrice, "default_price").id,
  };
  params.finish();
  save(call, { kind: "product", row, before, events: ["product.updated"] });
  return showProduct(row);
}

export function retrieveProduct({ account, params, path }: Call): CallResult {
  params.finish();
  return showProduct(find(account, "product", path["id"] ?? ""));
}

export function listProducts({ account, params }: Call): CallResult {
  const active = params.boolean("active");
  const ids = params.texts("ids");
  const isCreatedThen = createdFilter(params);
  const page = listRows({
    table: account.tables.product,
    params,
    url: "/v1/products",
    label: "product",
    keep: (row) =>
      (active === undefined || row.isActive === active) &&
      (ids === undefined || ids.includes(row.id)) &&
      isCreatedThen(row),
    show: showProduct,
  });
  params.finish();
  return page;
}
