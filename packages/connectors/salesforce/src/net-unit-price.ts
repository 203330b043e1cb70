import {
  decimalText,
  isZeroDecimal,
  lessPercent,
  parseDecimal,
} from "@usher/connector-sdk/reading";
import type { SalesforceLineItem } from "./salesforce-opportunity-api.ts";

/**
 * The sales price of one unit less the line's discount, exact to the last digit, with at least the
 * places that the sales price has. Empty where there is no price.
 * @see https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunitylineitem.htm
 */
export function netUnitPrice(line: Pick<SalesforceLineItem, "UnitPrice" | "Discount">): string {
  const { UnitPrice: price, Discount: discount } = line;
  if (price === null || discount === null) return price ?? "";
  const gross = parseDecimal(price);
  const percent = parseDecimal(discount);
  if (gross === null || percent === null || isZeroDecimal(percent)) return price;
  return decimalText(lessPercent(gross, percent), gross.scale);
}
