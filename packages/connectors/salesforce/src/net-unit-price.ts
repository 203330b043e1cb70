import type { SalesforceLineItem } from "./salesforce-opportunity-api.ts";

/**
 * The sales price of one unit less the line's discount, exact to the last digit, with at least the
 * places that the sales price has. Empty where there is no price.
 * @see https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunitylineitem.htm
 */
export function netUnitPrice(line: Pick<SalesforceLineItem, "UnitPrice" | "Discount">): string {
  const { UnitPrice: price, Discount: discount } = line;
  if (price === null || discount === null) return price ?? "";
  const gross = toDecimal(price);
  const percent = toDecimal(discount);
  if (percent.digits === 0n) return price;
  const share = 100n * 10n ** BigInt(percent.scale) - percent.digits;
  const scale = gross.scale + percent.scale + 2;
  const net = gross.digits * share;
  const digits = (net < 0n ? -net : net).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, -scale);
  let fraction = digits.slice(-scale);
  while (fraction.length > gross.scale && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
  return `${net < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

function toDecimal(text: string): { readonly digits: bigint; readonly scale: number } {
  const [whole = "0", fraction = ""] = text.split(".");
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}
