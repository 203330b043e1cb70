import { currencyExponent } from "../currency.ts";
import { formatUnits, multiplyDecimals, parseDecimal, toUnits } from "../decimal.ts";
import { BY_FIELD, indexKey, type Org, type RecordRow } from "./org.ts";
import { refusal } from "./salesforce-error.ts";
import type { FieldDefinition, FieldValue } from "./schema/field.ts";
import { STAGES } from "./schema/standard-objects.ts";

type Values = Record<string, FieldValue>;

/** Fields the platform derives while a record is saved. Changes `values`, which is not stored yet. */
export function deriveFields(input: {
  readonly org: Org;
  readonly object: string;
  readonly values: Values;
  readonly isNew: boolean;
}): void {
  const { org, object, values, isNew } = input;
  switch (object) {
    case "Opportunity":
      deriveOpportunity(values);
      break;
    case "OpportunityLineItem":
      deriveLine(org, values, isNew, "OpportunityId", "Opportunity");
      break;
    case "Order":
      values["OrderNumber"] ??= String(org.store.nextSequence()).padStart(8, "0");
      break;
    case "OrderItem":
      deriveLine(org, values, isNew, "OrderId", "Order");
      break;
    case "PricebookEntry":
      derivePricebookEntry(org, values);
      break;
    case "User":
      values["Name"] = [values["FirstName"], values["LastName"]].filter(Boolean).join(" ");
      break;
    case "Task":
      values["IsClosed"] = values["Status"] === "Completed";
      break;
    default:
      break;
  }
}

/** IsWon, IsClosed and Probability follow from the stage; an unknown stage name is an open one. */
function deriveOpportunity(values: Values) {
  const stage = STAGES[String(values["StageName"])];
  values["IsClosed"] = stage?.isClosed ?? false;
  values["IsWon"] = stage?.isWon ?? false;
  values["Probability"] = stage?.probability ?? values["Probability"] ?? 0;
  values["HasOpportunityLineItem"] ??= false;
}

/** A line takes product, list price and name from its price book entry, and its total from quantity and price. */
function deriveLine(
  org: Org,
  values: Values,
  isNew: boolean,
  parentField: string,
  parentObject: string,
) {
  const parent = org.table(parentObject).get(String(values[parentField]));
  if (isNew) linkPricebookEntry(org, values, parent, parentField);
  const entry = org.table("PricebookEntry").get(String(values["PricebookEntryId"]));
  const product = org
    .table("Product2")
    .get(String(entry?.values["Product2Id"] ?? values["Product2Id"]));
  if (entry !== undefined) {
    values["Product2Id"] = entry.values["Product2Id"] ?? null;
    values["ListPrice"] ??= entry.values["UnitPrice"] ?? null;
    if (values["UnitPrice"] === null && values["TotalPrice"] === null) {
      values["UnitPrice"] = entry.values["UnitPrice"] ?? null;
    }
  }
  if (product !== undefined) {
    values["ProductCode"] = product.values["ProductCode"] ?? null;
    values["Name"] =
      `${String(parent?.values["Name"] ?? "")} ${String(product.values["Name"] ?? "")}`.trim();
  }
  if ("CurrencyIsoCode" in values)
    values["CurrencyIsoCode"] = parent?.values["CurrencyIsoCode"] ?? "USD";
  const currency = String(parent?.values["CurrencyIsoCode"] ?? "USD");
  const quantity = Number(values["Quantity"] ?? 0);
  if (values["UnitPrice"] === null && values["TotalPrice"] !== null && quantity !== 0) {
    values["UnitPrice"] = Number(
      (Number(values["TotalPrice"]) / quantity).toFixed(currencyExponent(currency)),
    );
  }
  values["TotalPrice"] = totalPrice({
    quantity,
    unitPrice: Number(values["UnitPrice"] ?? 0),
    discountPercent: Number(values["Discount"] ?? 0),
    currency,
  });
}

function linkPricebookEntry(
  org: Org,
  values: Values,
  parent: RecordRow | undefined,
  parentField: string,
) {
  const currency = String(parent?.values["CurrencyIsoCode"] ?? "USD");
  if (values["PricebookEntryId"] !== null && values["PricebookEntryId"] !== undefined) {
    const entry = org.table("PricebookEntry").get(String(values["PricebookEntryId"]));
    if (entry !== undefined && entry.values["CurrencyIsoCode"] !== currency) {
      throw refusal(
        400,
        "FIELD_INTEGRITY_EXCEPTION",
        `The currency of the price book entry (${String(entry.values["CurrencyIsoCode"])}) and of the parent (${currency}) differ`,
        ["PricebookEntryId"],
      );
    }
    return;
  }
  if (values["Product2Id"] === null || values["Product2Id"] === undefined) {
    throw refusal(
      400,
      "REQUIRED_FIELD_MISSING",
      "Required fields are missing: [PricebookEntryId]",
      ["PricebookEntryId"],
    );
  }
  const field = org.schema().object("PricebookEntry")?.field("Product2Id") as FieldDefinition;
  const entry = org
    .table("PricebookEntry")
    .where(BY_FIELD, indexKey(field, String(values["Product2Id"])))
    .find((one) => one.values["CurrencyIsoCode"] === currency && one.values["IsActive"] === true);
  if (entry === undefined) {
    throw refusal(
      400,
      "FIELD_INTEGRITY_EXCEPTION",
      `field integrity exception: ${parentField === "OpportunityId" ? "PricebookEntryId" : "Product2Id"} (pricebook entry has been inactivated, or none exists in currency ${currency})`,
      ["PricebookEntryId"],
    );
  }
  values["PricebookEntryId"] = entry.id;
}

function derivePricebookEntry(org: Org, values: Values) {
  const product = org.table("Product2").get(String(values["Product2Id"]));
  values["Name"] = product?.values["Name"] ?? null;
  values["ProductCode"] = product?.values["ProductCode"] ?? null;
}

/** quantity × price × (1 − discount), rounded to the currency; exact decimals throughout. */
function totalPrice(input: {
  readonly quantity: number;
  readonly unitPrice: number;
  readonly discountPercent: number;
  readonly currency: string;
}): number {
  const places = currencyExponent(input.currency);
  const factors = [input.quantity, input.unitPrice].map((one) => parseDecimal(String(one)));
  const kept = parseDecimal(((100 - input.discountPercent) / 100).toFixed(6));
  const [quantity, price] = factors;
  if (quantity === undefined || price === undefined || kept === undefined) return 0;
  const total = multiplyDecimals(multiplyDecimals(quantity, price), kept);
  return Number(formatUnits(toUnits(total, places), places));
}

/** What a deal's or order's lines add up to, in the units of its currency. */
export function sumOfLines(lines: readonly RecordRow[], currency: string): number {
  const places = currencyExponent(currency);
  let units = 0n;
  for (const line of lines) {
    const total = parseDecimal(String(line.values["TotalPrice"] ?? 0));
    if (total !== undefined) units += toUnits(total, places);
  }
  return Number(formatUnits(units, places));
}
