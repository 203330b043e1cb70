import { BY_FIELD, indexKey, type Org, type RecordRow } from "./org.ts";
import { refusal } from "./salesforce-error.ts";
import type { FieldDefinition, FieldValue } from "./schema/field.ts";
import type { SchemaObject } from "./schema/schema.ts";

type Values = Readonly<Record<string, FieldValue>>;

/**
 * What the platform refuses of orders and prices, whoever asks for it by API: an order begins as a
 * draft, is activated with products only, and is frozen then, its products with it, until it is a
 * draft again.
 * @see https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_order.htm
 * @see https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_orderitem.htm
 */
export function refuseByOrderRules(input: {
  readonly org: Org;
  readonly object: SchemaObject;
  /** As it would be saved; null when it is deleted. */
  readonly after: Values | null;
  readonly before: RecordRow | null;
  readonly given: readonly string[];
}): void {
  const { org, object, after, before } = input;
  switch (object.name) {
    case "Order":
      if (after !== null) refuseOrder(input, after);
      return;
    case "OrderItem": {
      const orderId = String((after ?? before?.values)?.["OrderId"]);
      if (isActivated(org.table("Order").get(orderId)?.values)) {
        throw refusal(
          400,
          "FIELD_INTEGRITY_EXCEPTION",
          "Products of an activated order can't be added, changed or deleted.",
          ["OrderId"],
        );
      }
      return;
    }
    case "PricebookEntry":
      if (after !== null && before === null) refusePrice(org, object, after);
      return;
    default:
      return;
  }
}

function refuseOrder(
  input: {
    readonly org: Org;
    readonly before: RecordRow | null;
    readonly given: readonly string[];
  },
  after: Values,
) {
  const { org, before, given } = input;
  const becomesActive = isActivated(after) && !isActivated(before?.values);
  if (before === null && becomesActive) {
    throw refusal(400, "FAILED_ACTIVATION", "An order is created as a draft.", ["Status"]);
  }
  if (before !== null && becomesActive && itemsOf(org, before.id).length === 0) {
    throw refusal(
      400,
      "FAILED_ACTIVATION",
      "An order must have at least one product to be activated.",
      ["Status"],
    );
  }
  const frozen = given.filter((name) => name !== "Status" && !name.endsWith("__c"));
  if (isActivated(before?.values) && frozen.length > 0) {
    throw refusal(
      400,
      "FIELD_INTEGRITY_EXCEPTION",
      `Fields of an activated order can't be changed: ${frozen.join(", ")}`,
      frozen,
    );
  }
}

/** One price a product, price book and currency; a custom price book only beside a standard price. */
function refusePrice(org: Org, object: SchemaObject, price: Values) {
  const field = object.field("Product2Id") as FieldDefinition;
  const prices = org
    .table("PricebookEntry")
    .where(BY_FIELD, indexKey(field, price["Product2Id"] ?? null))
    .filter(
      ({ values }) =>
        values["IsDeleted"] !== true && values["CurrencyIsoCode"] === price["CurrencyIsoCode"],
    );
  const bookOf = (values: Values) => org.table("Pricebook2").get(String(values["Pricebook2Id"]));
  if (prices.some(({ values }) => values["Pricebook2Id"] === price["Pricebook2Id"])) {
    throw refusal(
      400,
      "DUPLICATE_VALUE",
      "This price definition already exists in this price book",
      [],
    );
  }
  const isCustom = bookOf(price)?.values["IsStandard"] !== true;
  if (isCustom && !prices.some(({ values }) => bookOf(values)?.values["IsStandard"] === true)) {
    throw refusal(
      400,
      "STANDARD_PRICE_NOT_DEFINED",
      "No standard price defined for this product",
      [],
    );
  }
}

function itemsOf(org: Org, orderId: string): readonly RecordRow[] {
  const field = org.schema().object("OrderItem")?.field("OrderId") as FieldDefinition;
  return org
    .table("OrderItem")
    .where(BY_FIELD, indexKey(field, orderId))
    .filter(({ values }) => values["IsDeleted"] !== true);
}

function isActivated(values: Values | undefined): boolean {
  return values?.["Status"] === "Activated";
}
